# frozen_string_literal: true

require 'rspec-puppet'

MODULE = File.expand_path('..', __dir__)

# What facter says on the supported systems, as far as this module and those it builds on ask. Older modules ask for
# facts by their old names, which Puppet 8 no longer has.
module Facts
  SYSTEMS = {
    'Debian 12' => %w[Debian 12 12.11 bookworm 3.11],
    'Debian 13' => %w[Debian 13 13.1 trixie 3.13],
    'Ubuntu 24.04' => %w[Ubuntu 24.04 24.04 noble 3.12],
  }.freeze

  def self.of(system)
    name, major, full, codename, = SYSTEMS.fetch(system)
    {
      'os' => {
        'name' => name,
        'family' => 'Debian',
        'architecture' => 'amd64',
        'hardware' => 'x86_64',
        'release' => { 'full' => full, 'major' => major },
        'distro' => { 'id' => name, 'codename' => codename, 'release' => { 'full' => full, 'major' => major } },
        'selinux' => { 'enabled' => false },
      },
      'networking' => { 'hostname' => 'ci', 'domain' => 'example.org', 'fqdn' => 'ci.example.org', 'ip' => '192.0.2.1' },
      'path' => '/usr/sbin:/usr/bin:/sbin:/bin',
      'root_home' => '/root',
      'service_provider' => 'systemd',
      'systemd' => true,
      'systemd_version' => '252',
      'systemd_internal_services' => {},
      'kernel' => 'Linux',
      'aio_agent_version' => nil,
      'processors' => { 'count' => 2 },
      'puppetversion' => Puppet.version,
    }.merge(old_names(name, major, full, codename))
  end

  def self.old_names(name, major, full, codename)
    {
      'osfamily' => 'Debian',
      'operatingsystem' => name,
      'operatingsystemrelease' => full,
      'operatingsystemmajrelease' => major,
      'lsbdistcodename' => codename,
      'lsbdistrelease' => full,
      'lsbmajdistrelease' => major,
      'lsbdistid' => name,
      'fqdn' => 'ci.example.org',
      'hostname' => 'ci',
      'architecture' => 'amd64',
      'selinux' => false,
      'id' => 'root',
      'puppetversion' => Puppet.version,
    }
  end
end

RSpec.configure do |config|
  # The modules of the distribution are the fixtures: what they say is what a node gets.
  config.module_path = [File.dirname(MODULE), '/usr/share/puppet/modules'].join(':')
  # It would link this module below spec/fixtures.
  config.setup_fixtures = false
  config.strict_variables = true
  # A catalogue takes a second: one example looks at all of it, and tells all that is wrong.
  config.define_derived_metadata { |metadata| metadata[:aggregate_failures] = true }
end
