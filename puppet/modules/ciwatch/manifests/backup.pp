# @summary A backup of the database every day, by a timer; and the program that restores one.
#
# @api private
class ciwatch::backup {
  assert_private()

  # Who gave a URL has a database server elsewhere, and backups of it there.
  $ensure = $ciwatch::database ? {
    'url'   => 'absent',
    default => $ciwatch::backup_ensure,
  }
  $present = $ensure == 'present'
  $program = $present ? {
    true    => 'file',
    default => 'absent',
  }
  $kind = {
    'database' => $ciwatch::database,
    'file'     => "${ciwatch::state_path}/ciwatch.sqlite",
  }

  if $present {
    if $ciwatch::database == 'sqlite' {
      ensure_packages(['sqlite3'], { 'before' => Exec['ciwatch: migrate the database'] })
    }
    file { '/var/backups/ciwatch':
      ensure => directory,
      owner  => 'ciwatch',
      group  => 'ciwatch',
      mode   => '0750',
      before => Exec['ciwatch: migrate the database'],
    }
  }

  file {
    default:
      ensure => $program,
      owner  => 'root',
      group  => 'root',
      mode   => '0755',
      # Which is preceded by a backup.
      before => Exec['ciwatch: migrate the database'];
    '/usr/local/sbin/ciwatch-backup':
      content => epp('ciwatch/ciwatch-backup.epp', $kind + { 'keep' => $ciwatch::backup_keep });
    '/usr/local/sbin/ciwatch-restore':
      content => epp('ciwatch/ciwatch-restore.epp', $kind);
  }

  systemd::unit_file {
    default:
      ensure => $ensure;
    'ciwatch-backup.service':
      content => epp('ciwatch/ciwatch-backup.service.epp', { 'state_path' => $ciwatch::state_path });
    'ciwatch-backup.timer':
      content => epp('ciwatch/ciwatch-backup.timer.epp', { 'calendar' => $ciwatch::backup_calendar }),
      enable  => $present,
      active  => $present,
      require => Systemd::Unit_file['ciwatch-backup.service'];
  }
}
