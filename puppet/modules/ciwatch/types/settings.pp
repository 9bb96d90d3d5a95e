# @summary Options of `ciwatch.conf`: their section, their name, their value.
type Ciwatch::Settings = Hash[Pattern[/\A[A-Za-z_]+\z/], Hash[Pattern[/\A[a-z0-9_]+\z/], Ciwatch::Value]]
