# @summary The web side: Apache with mod_wsgi.
#
# @api private
class ciwatch::web {
  assert_private()

  contain apache
  include apache::mod::deflate
  include apache::mod::headers
  # puppetlabs/apache 5.5 would take that of Python 2.
  class { 'apache::mod::wsgi':
    package_name => 'libapache2-mod-wsgi-py3',
    mod_path     => '/usr/lib/apache2/modules/mod_wsgi.so',
  }

  file { '/opt/ciwatch/wsgi/ciwatch.wsgi':
    ensure => file,
    owner  => 'root',
    group  => 'root',
    mode   => '0644',
    source => 'puppet:///modules/ciwatch/ciwatch.wsgi',
    notify => Class['apache::service'],
  }

  # All that compresses, since the list of a folder takes the place of Apache's own.
  $types = [
    'text/html', 'text/css', 'text/javascript', 'text/plain', 'text/csv',
    'application/json', 'application/atom+xml', 'image/svg+xml',
  ]
  $compress = "    AddOutputFilterByType DEFLATE ${types.join(' ')}"

  $vhost = {
    'servername'             => $ciwatch::server_name,
    'serveraliases'          => $ciwatch::server_aliases,
    'port'                   => 80,
    # Before Apache's own, so that it also answers who asks by the address.
    'priority'               => '10',
    'docroot'                => false,
    'manage_docroot'         => false,
    'aliases'                => [{ 'alias' => '/static', 'path' => '/opt/ciwatch/current/static' }],
    'directories'            => [
      {
        'path'            => '/opt/ciwatch/current/static',
        'require'         => 'all granted',
        'options'         => ['FollowSymLinks'],
        'allow_override'  => ['None'],
        'headers'         => [
          'set X-Content-Type-Options nosniff',
          # An address with ?v= is of one content for ever.
          'set Cache-Control "public, max-age=31536000, immutable" "expr=%{QUERY_STRING} =~ /^v=/"',
        ],
        'custom_fragment' => $compress,
      },
      {
        'path'            => '/opt/ciwatch/wsgi',
        'require'         => 'all granted',
        'options'         => ['None'],
        'allow_override'  => ['None'],
        'custom_fragment' => $compress,
      },
    ],
    'wsgi_daemon_process'    => {
      'ciwatch' => {
        'user'         => 'ciwatch',
        'group'        => 'ciwatch',
        'processes'    => $ciwatch::processes,
        'threads'      => $ciwatch::threads,
        'python-home'  => '/opt/ciwatch/current',
        'home'         => $ciwatch::state_path,
        'lang'         => 'C.UTF-8',
        'locale'       => 'C.UTF-8',
        'display-name' => '%{GROUP}',
      },
    },
    'wsgi_process_group'     => 'ciwatch',
    'wsgi_application_group' => '%{GLOBAL}',
    'wsgi_script_aliases'    => { '/' => '/opt/ciwatch/wsgi/ciwatch.wsgi' },
  } + $ciwatch::vhost_params

  apache::vhost { 'ciwatch':
    * => $vhost,
  }

  if $ciwatch::manage_firewall {
    include firewall

    # puppetlabs/firewall 6 calls it jump.
    $verb = versioncmp(load_module_metadata('firewall')['version'], '6.0.0') ? {
      -1      => 'action',
      default => 'jump',
    }
    firewall { '100 ciwatch':
      proto => 'tcp',
      dport => $vhost['port'],
      *     => { $verb => 'accept' },
    }
  }
}
