# @summary The service that listens to Gerrit.
#
# @api private
class ciwatch::listener {
  assert_private()

  $runs = $ciwatch::ensure_listener == 'running'

  systemd::unit_file { 'ciwatch-listener.service':
    content => epp('ciwatch/ciwatch-listener.service.epp', {
        'writable' => [$ciwatch::state_path, $ciwatch::archive_dir].filter |$path| { $path =~ NotUndef },
    }),
    enable  => $runs,
    active  => $runs,
  }
}
