# @summary What CI Watch reads below `/etc/ciwatch`: its options, the registry, the key, Gerrit's host key.
#
# @api private
class ciwatch::config {
  assert_private()

  $connection = $ciwatch::database ? {
    'sqlite'     => 'sqlite:///$state_path/ciwatch.sqlite',
    'postgresql' => 'postgresql+psycopg://ciwatch@/ciwatch?host=/var/run/postgresql',
    'mysql'      => "mysql+pymysql://ciwatch:${ciwatch::database_password.then |$secret| { $secret.unwrap }}@localhost/ciwatch?unix_socket=/var/run/mysqld/mysqld.sock&charset=utf8mb4", # lint:ignore:140chars
    # A dollar sign of theirs is no variable of oslo.config's.
    'url'        => regsubst($ciwatch::database_url.then |$secret| { $secret.unwrap }, '\$', '$$', 'G'),
  }
  $account = $ciwatch::listens_by_ssh ? {
    false   => {},
    default => {
      'username'         => $ciwatch::gerrit_user,
      'key_file'         => '/etc/ciwatch/id_ed25519',
      'known_hosts_file' => '/etc/ciwatch/known_hosts',
    },
  }
  $settings = deep_merge(
    {
      'DEFAULT'  => { 'state_path' => $ciwatch::state_path },
      'gerrit'   => { 'url' => "https://${ciwatch::gerrit_host}", 'ssh_port' => $ciwatch::gerrit_port } + $account,
      'database' => { 'connection' => $connection },
    },
    $ciwatch::settings,
  )

  file {
    default:
      ensure    => file,
      show_diff => false;
    '/etc/ciwatch':
      ensure => directory,
      owner  => 'root',
      group  => 'ciwatch',
      mode   => '0750';
    '/etc/ciwatch/ciwatch.conf':
      owner        => 'root',
      group        => 'ciwatch',
      mode         => '0640',
      content      => Sensitive(epp('ciwatch/ciwatch.conf.epp', { 'settings' => $settings })),
      validate_cmd => "${ciwatch::release}/bin/ciwatch --config-file % parsers list";
  }

  if $ciwatch::listens_by_ssh {
    file {
      default:
        ensure    => file,
        show_diff => false;
      '/etc/ciwatch/id_ed25519':
        owner   => 'ciwatch',
        group   => 'ciwatch',
        mode    => '0400',
        content => Sensitive("${ciwatch::ssh_private_key.unwrap.strip}\n");
      '/etc/ciwatch/known_hosts':
        owner   => 'root',
        group   => 'ciwatch',
        mode    => '0640',
        content => "${ciwatch::ssh_host_key.strip}\n";
    }
  }

  if $ciwatch::registry {
    # Both processes read it again when it changes.
    $registry = $ciwatch::registry ? {
      Stdlib::Filesource => { 'source' => $ciwatch::registry },
      default            => { 'content' => $ciwatch::registry },
    }
    file { '/etc/ciwatch/systems.yaml':
      ensure       => file,
      owner        => 'root',
      group        => 'ciwatch',
      mode         => '0640',
      validate_cmd => "${ciwatch::release}/bin/ciwatch registry validate %",
      *            => $registry,
    }
  }

  if $ciwatch::database == 'mysql' {
    # For the programs that back up and restore.
    file { '/etc/ciwatch/mysql.cnf':
      ensure    => file,
      owner     => 'root',
      group     => 'ciwatch',
      mode      => '0640',
      show_diff => false,
      content   => Sensitive("[client]\nuser = ciwatch\npassword = ${ciwatch::database_password.unwrap}\n"),
    }
  }
}
