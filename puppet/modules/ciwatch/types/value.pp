# @summary The value of one option, in one line; of a list, its items.
type Ciwatch::Value = Variant[
  Numeric,
  Boolean,
  Pattern[/\A[^\r\n]*\z/],
  Sensitive[Pattern[/\A[^\r\n]*\z/]],
  Array[Variant[Numeric, Pattern[/\A[^\r\n,]*\z/]]],
]
