# @summary Where CI Watch comes from, and which release of it.
#
# * `package`: the version `revision`, from PyPI or the package index `from`.
# * `wheel`: the file or URL `from`; `revision` is what this release is to be called.
# * `git`: the tag or commit `revision` of the repository `from`. A branch would be installed once and never again.
type Ciwatch::Source = Variant[
  Struct[{ type => Enum['package'], revision => Ciwatch::Revision, Optional[from] => Stdlib::HTTPUrl }],
  Struct[{ type => Enum['wheel'], revision => Ciwatch::Revision, from => Variant[Stdlib::Absolutepath, Stdlib::HTTPUrl] }],
  Struct[{ type => Enum['git'], revision => Ciwatch::Revision, from => String[1] }],
]
