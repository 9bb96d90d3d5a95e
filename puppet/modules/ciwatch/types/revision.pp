# @summary Names a release: a version, a tag or a commit. It becomes the name of a folder.
type Ciwatch::Revision = Pattern[/\A[A-Za-z0-9][A-Za-z0-9._+-]*\z/]
