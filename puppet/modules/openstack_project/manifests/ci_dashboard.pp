# @summary The public dashboard of third-party CI systems, ci-dashboard.openstack.org
#
# CI Watch from a reviewed revision, with PostgreSQL on the node itself, listening to OpenStack's Gerrit. What is
# opinion about this one service stands here; how the service is built, in the class `ciwatch`.
#
# @example What site.pp says; Hiera has the rest
#   node 'ci-dashboard.openstack.org' {
#     class { 'openstack_project::ci_dashboard': }
#   }
#
# @param source
#   What is installed, as `ciwatch` takes it. Another revision is an upgrade.
# @param gerrit_ssh_private_key
#   The private key of the Gerrit account.
# @param gerrit_ssh_host_key
#   The line of known_hosts for Gerrit's ssh.
# @param gerrit_user
#   The Gerrit account that may hear events.
# @param gerrit_host
#   The host of Gerrit.
# @param gerrit_port
#   The port of Gerrit's ssh.
# @param server_name
#   The name under which the dashboard answers.
# @param server_aliases
#   Other names under which it answers.
# @param ssl_certificate
#   The certificate of the server's names, with its chain, in PEM. With its key it answers over https, and http
#   leads there.
# @param ssl_private_key
#   The key of the certificate, in PEM.
# @param registry
#   What describes the CI systems, as `ciwatch` takes it; without it, what they cover is learned.
# @param settings
#   Options of CI Watch by section; they win over what is set by the parameters above.
class openstack_project::ci_dashboard (
  Ciwatch::Source $source,
  Sensitive[Pattern[/\A-----BEGIN [A-Z ]*PRIVATE KEY-----\n/]] $gerrit_ssh_private_key,
  Pattern[/\A\S+ (ssh|ecdsa)-\S+ [A-Za-z0-9+\/=]+\s*\z/] $gerrit_ssh_host_key,
  String[1] $gerrit_user = 'ci-watch',
  Stdlib::Host $gerrit_host = 'review.opendev.org',
  Stdlib::Port $gerrit_port = 29418,
  Stdlib::Fqdn $server_name = 'ci-dashboard.openstack.org',
  Array[Stdlib::Fqdn] $server_aliases = [],
  Optional[Pattern[/\A-----BEGIN CERTIFICATE-----\n/]] $ssl_certificate = undef,
  Optional[Sensitive[Pattern[/\A-----BEGIN [A-Z ]*PRIVATE KEY-----\n/]]] $ssl_private_key = undef,
  Optional[Variant[Stdlib::Filesource, Hash[String[1], Data]]] $registry = undef,
  Ciwatch::Settings $settings = {},
) {
  if ($ssl_certificate =~ Undef) != ($ssl_private_key =~ Undef) {
    fail('openstack_project::ci_dashboard: ssl_certificate and ssl_private_key are given together, or neither is')
  }

  if $ssl_certificate {
    $certificate_file = "/etc/ssl/certs/${server_name}.pem"
    $key_file = "/etc/ssl/private/${server_name}.key"
    $vhost_params = {
      'port'     => 443,
      'ssl'      => true,
      'ssl_cert' => $certificate_file,
      'ssl_key'  => $key_file,
    }

    file { $certificate_file:
      ensure  => file,
      owner   => 'root',
      group   => 'root',
      mode    => '0644',
      content => $ssl_certificate,
      notify  => Class['apache::service'],
    }

    file { $key_file:
      ensure    => file,
      owner     => 'root',
      group     => 'root',
      mode      => '0400',
      content   => $ssl_private_key,
      show_diff => false,
      notify    => Class['apache::service'],
    }

    apache::vhost { "${server_name} over http":
      servername      => $server_name,
      serveraliases   => $server_aliases,
      port            => 80,
      priority        => '10',
      docroot         => false,
      manage_docroot  => false,
      redirect_status => 'permanent',
      redirect_dest   => "https://${server_name}/",
    }

    # The class ciwatch opens the port on which the dashboard answers. puppetlabs/firewall 6 calls it jump.
    $verb = versioncmp(load_module_metadata('firewall')['version'], '6.0.0') ? {
      -1      => 'action',
      default => 'jump',
    }
    firewall { '100 ciwatch over http':
      proto => 'tcp',
      dport => 80,
      *     => { $verb => 'accept' },
    }
  } else {
    $vhost_params = {}
  }

  class { 'ciwatch':
    source          => $source,
    gerrit_host     => $gerrit_host,
    gerrit_port     => $gerrit_port,
    gerrit_user     => $gerrit_user,
    ssh_private_key => $gerrit_ssh_private_key,
    ssh_host_key    => $gerrit_ssh_host_key,
    database        => 'postgresql',
    registry        => $registry,
    settings        => $settings,
    server_name     => $server_name,
    server_aliases  => $server_aliases,
    vhost_params    => $vhost_params,
    manage_firewall => true,
  }
}
