# @summary A database server on this node, where one is asked for, with a database `ciwatch` of the account's own.
#
# @api private
#
# @param postgresql_version
#   The version of PostgreSQL that the distribution has, which puppetlabs/postgresql does not know of every release.
class ciwatch::database (
  Optional[String[1]] $postgresql_version = undef,
) {
  assert_private()

  case $ciwatch::database {
    'postgresql': {
      unless $postgresql_version {
        fail("ciwatch: say ciwatch::database::postgresql_version for ${facts['os']['name']} ${facts['os']['release']['major']}")
      }
      class { 'postgresql::globals':
        version => $postgresql_version,
      }
      contain postgresql::server

      # Whoever is ciwatch on this node is ciwatch there: no password.
      postgresql::server::role { 'ciwatch': }
      postgresql::server::database { 'ciwatch':
        owner    => 'ciwatch',
        encoding => 'UTF8',
        locale   => 'C.UTF-8',
        require  => Postgresql::Server::Role['ciwatch'],
      }
    }
    'mysql': {
      contain mysql::server
      contain mysql::client

      mysql_database { 'ciwatch':
        ensure  => present,
        charset => 'utf8mb4',
        collate => 'utf8mb4_bin',
        require => Class['mysql::server', 'mysql::client'],
      }
      mysql_user { 'ciwatch@localhost':
        ensure        => present,
        password_hash => Sensitive(mysql::password($ciwatch::database_password.unwrap)),
        require       => Class['mysql::server', 'mysql::client'],
      }
      mysql_grant { 'ciwatch@localhost/ciwatch.*':
        ensure     => present,
        user       => 'ciwatch@localhost',
        table      => 'ciwatch.*',
        privileges => ['ALL'],
        require    => [Mysql_database['ciwatch'], Mysql_user['ciwatch@localhost']],
      }
    }
    default: {}
  }
}
