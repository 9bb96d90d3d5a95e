# @summary The account, the folders, and the release in a virtual environment of its own.
#
# @api private
class ciwatch::install {
  assert_private()

  $revision = $ciwatch::source['revision']
  $from = $ciwatch::source['from']

  user { 'ciwatch':
    ensure     => present,
    system     => true,
    home       => '/var/lib/ciwatch',
    shell      => '/usr/sbin/nologin',
    managehome => false,
  }

  file { ['/opt/ciwatch', '/opt/ciwatch/bin', '/opt/ciwatch/releases', '/opt/ciwatch/wsgi']:
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }

  # The web side writes there too: SQLite keeps its lock beside the database.
  file { [$ciwatch::state_path, $ciwatch::archive_dir].filter |$path| { $path =~ NotUndef }:
    ensure => directory,
    owner  => 'ciwatch',
    group  => 'ciwatch',
    mode   => '0750',
  }

  file {
    default:
      owner => 'root',
      group => 'root',
      mode  => '0755';
    '/opt/ciwatch/bin/release':
      source => 'puppet:///modules/ciwatch/release';
    '/usr/local/bin/ciwatch':
      source => 'puppet:///modules/ciwatch/ciwatch';
  }

  ensure_packages(['python3-venv'])

  $index = [$ciwatch::source['type'], $from] ? {
    ['package', NotUndef] => ['--index-url', $from],
    default               => [],
  }

  case $ciwatch::source['type'] {
    'package': {
      $wanted = $index + ["ciwatch==${revision}"]
    }
    'wheel': {
      $wanted = [$from]
    }
    default: {
      ensure_packages(['git'])
      vcsrepo { '/opt/ciwatch/src':
        ensure   => present,
        provider => git,
        source   => $from,
        revision => $revision,
        require  => Package['git'],
        before   => Exec['ciwatch: build the release'],
      }
      # From a clone and not from the folder, in which a build would leave files for the next one.
      $wanted = ["git+file:///opt/ciwatch/src@${revision}"]
    }
  }

  exec { 'ciwatch: build the release':
    command => ['/opt/ciwatch/bin/release', 'build', $ciwatch::release] + $wanted,
    creates => "${ciwatch::release}/.installed",
    timeout => 1800,
    require => [Package['python3-venv'], File['/opt/ciwatch/bin/release', '/opt/ciwatch/releases']],
  }
  # A broker's library, of which none is needed otherwise; also for a release that is there already.
  $libraries = { 'kafka' => 'confluent_kafka', 'mqtt' => 'paho.mqtt' }
  $listens_to = pick($ciwatch::settings.dig('listener', 'source'), 'ssh')
  if $listens_to in $libraries {
    exec { "ciwatch: install what the source ${listens_to} needs":
      command => ['/opt/ciwatch/bin/release', 'add', $ciwatch::release, $listens_to] + $index,
      unless  => [['/opt/ciwatch/bin/release', 'has', $ciwatch::release, $libraries[$listens_to]]],
      timeout => 600,
      require => Exec['ciwatch: build the release'],
    }
  }
}
