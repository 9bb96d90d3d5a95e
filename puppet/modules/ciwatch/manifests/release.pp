# @summary Makes the release the current one: the database is migrated by it first, and all else waits for that.
#
# @api private
class ciwatch::release {
  assert_private()

  $revision = $ciwatch::source['revision']

  # Also after another configuration, which may name another database.
  exec { 'ciwatch: migrate the database':
    command => ['/opt/ciwatch/bin/release', 'migrate', $ciwatch::release],
    unless  => [['/opt/ciwatch/bin/release', 'is-migrated', $ciwatch::release]],
    timeout => 0,
  }
  -> file { '/opt/ciwatch/current':
    ensure => link,
    target => "releases/${revision}",
  }
  -> exec { 'ciwatch: remove old releases':
    command => ['/opt/ciwatch/bin/release', 'prune'],
    onlyif  => [['/opt/ciwatch/bin/release', 'has-old']],
  }
}
