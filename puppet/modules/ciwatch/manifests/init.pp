# @summary CI Watch: the dashboard, the listener, its database and its backups, on one node.
#
# @example A node with SQLite, of a release on PyPI
#   class { 'ciwatch':
#     source          => { 'type' => 'package', 'revision' => '1.0.0' },
#     server_name     => 'ci-dashboard.example.org',
#     gerrit_user     => 'ci-watch',
#     ssh_private_key => Sensitive(lookup('ciwatch_ssh_private_key')),
#     ssh_host_key    => '[review.opendev.org]:29418 ssh-ed25519 AAAA...',
#   }
#
# @example Behind TLS
#   class { 'ciwatch':
#     vhost_params => {
#       'port'     => 443,
#       'ssl'      => true,
#       'ssl_cert' => '/etc/letsencrypt/live/ci-dashboard.example.org/fullchain.pem',
#       'ssl_key'  => '/etc/letsencrypt/live/ci-dashboard.example.org/privkey.pem',
#     },
#     # and the others as above
#   }
#
# @param source
#   What to install. Another revision is an upgrade: it is installed beside the old one, the database is backed up
#   and migrated, and only then it is used. Where the migration fails, the old one goes on.
# @param server_name
#   The name of the dashboard, under which Apache answers.
# @param server_aliases
#   Other names of it.
# @param gerrit_host
#   The Gerrit that is watched; its REST API is at `https://` this host. Another address is a setting, `gerrit` `url`.
# @param gerrit_port
#   The port of its ssh.
# @param gerrit_user
#   The account that listens, which needs the global capability Stream Events. This and the two keys are needed
#   unless the setting `listener` `source` is not `ssh`.
# @param ssh_private_key
#   The private key of that account, in OpenSSH's format.
# @param ssh_host_key
#   The lines of Gerrit in known_hosts, as `ssh-keyscan -p 29418 HOST` prints them. A Gerrit with another key is refused.
# @param settings
#   Any options of `ciwatch.conf`, by section. They win over what this module sets by itself. Where the setting
#   `listener` `source` is `kafka` or `mqtt`, the library that it needs is installed, too.
# @param registry
#   The description of the CI systems, `systems.yaml`: its text, or where the file is, such as
#   `puppet:///modules/profile/systems.yaml`. Without it the file is left alone.
# @param database
#   `sqlite`, a `postgresql` or a `mysql` server on this node, or any database by its `url`.
# @param database_password
#   The password of the account `ciwatch` of MySQL. SQLite has none, and PostgreSQL knows the account by its socket.
# @param database_url
#   The SQLAlchemy URL of the database, for `database => 'url'`. It is not backed up by this module.
# @param processes
#   Processes of the web side.
# @param threads
#   Threads in each of them.
# @param vhost_params
#   Parameters of `apache::vhost`, such as those for TLS. They win over what this module sets by itself.
# @param manage_firewall
#   Whether to open the port of the dashboard with the module puppetlabs/firewall.
# @param ensure_listener
#   Whether the listener runs. One that is stopped leaves a dashboard that shows what was recorded.
# @param backup_ensure
#   Whether the database is backed up every day into `/var/backups/ciwatch`, and before each migration.
# @param backup_keep
#   How many backups are kept.
# @param backup_calendar
#   When it is backed up, in the words of systemd.time(7).
class ciwatch (
  Ciwatch::Source $source,
  Stdlib::Fqdn $server_name = $facts['networking']['fqdn'],
  Array[Stdlib::Fqdn] $server_aliases = [],
  Stdlib::Host $gerrit_host = 'review.opendev.org',
  Stdlib::Port $gerrit_port = 29418,
  Optional[Pattern[/\A[^\s]+\z/]] $gerrit_user = undef,
  Optional[Sensitive[String[1]]] $ssh_private_key = undef,
  Optional[Pattern[/\A\S+ \S+ \S+/]] $ssh_host_key = undef,
  Ciwatch::Settings $settings = {},
  Optional[Variant[Stdlib::Filesource, Pattern[/\n/]]] $registry = undef,
  Enum['sqlite', 'postgresql', 'mysql', 'url'] $database = 'sqlite',
  Optional[Sensitive[String[1]]] $database_password = undef,
  Optional[Sensitive[Pattern[/\A\S+\z/]]] $database_url = undef,
  Integer[1] $processes = 2,
  Integer[1] $threads = 8,
  Hash[String[1], Any] $vhost_params = {},
  Boolean $manage_firewall = false,
  Enum['running', 'stopped'] $ensure_listener = 'running',
  Enum['present', 'absent'] $backup_ensure = 'present',
  Integer[1] $backup_keep = 14,
  String[1] $backup_calendar = '*-*-* 03:17:00',
) {
  unless $facts['os']['family'] == 'Debian' {
    fail("ciwatch: Debian and Ubuntu are supported, not ${facts['os']['name']}")
  }
  if $settings.dig('database', 'connection') {
    fail("ciwatch: settings: instead of database.connection say database => 'url' and database_url")
  }
  if ($database == 'url') != ($database_url =~ NotUndef) {
    fail("ciwatch: database_url and database => 'url' need each other")
  }
  if $database == 'mysql' and !($database_password =~ Sensitive[Pattern[/\A[A-Za-z0-9._~-]+\z/]]) {
    fail("ciwatch: database => 'mysql' needs database_password, of letters, digits and ._~- since it stands in a URL")
  }
  $listens_by_ssh = $settings.dig('listener', 'source') in [undef, 'ssh']
  if $listens_by_ssh and !($gerrit_user and $ssh_private_key and $ssh_host_key) {
    fail('ciwatch: listening over ssh needs gerrit_user, ssh_private_key and ssh_host_key')
  }

  $release = "/opt/ciwatch/releases/${source['revision']}"
  $state_path = pick($settings.dig('DEFAULT', 'state_path'), '/var/lib/ciwatch')
  $archive_dir = $settings.dig('listener', 'archive_dir')

  contain ciwatch::install
  contain ciwatch::config
  contain ciwatch::database
  contain ciwatch::backup
  contain ciwatch::release
  contain ciwatch::listener
  contain ciwatch::web

  # What the new release needs is there before it migrates the database, and it is served only once it has.
  Class['ciwatch::install']
  -> Class['ciwatch::config']
  -> Class['ciwatch::database']
  -> Class['ciwatch::release']
  ~> Class['ciwatch::listener']
  -> Class['ciwatch::web']

  # The timer is no part of that order, since all units of a run share one reload of systemd.
  Class['ciwatch::database'] -> Class['ciwatch::backup']

  Class['ciwatch::config'] ~> Class['ciwatch::listener']
  Class['ciwatch::config'] ~> Class['ciwatch::web']
  Class['ciwatch::release'] ~> Class['ciwatch::web']
}
