# frozen_string_literal: true

require 'fileutils'
require 'tmpdir'
require 'yaml'
require_relative '../spec_helper'

# The node as site.pp has it, told what stands in Hiera: its hierarchy is that of the site, but that the folder of
# secrets is one of this test's.
describe 'ci-dashboard.openstack.org', type: :host do
  profile = 'openstack_project::ci_dashboard'
  told = {
    'gerrit_ssh_private_key' => "-----BEGIN OPENSSH PRIVATE KEY-----\nnot one\n-----END OPENSSH PRIVATE KEY-----\n",
    'gerrit_ssh_host_key' => '[review.opendev.org]:29418 ssh-ed25519 AAAAC3Nz',
  }
  certificate = { 'ssl_certificate' => "-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n" }
  its_key = { 'ssl_private_key' => "-----BEGIN PRIVATE KEY-----\nnot one\n-----END PRIVATE KEY-----\n" }

  let(:facts) { Facts.of('Debian 12') }
  let(:secrets) { told }
  let(:secrets_file) { secrets.to_h { |name, value| ["#{profile}::#{name}", value] }.to_yaml }
  let(:folder) { Dir.mktmpdir }
  let(:hiera_config) do
    FileUtils.mkdir_p(File.join(folder, 'fqdn'))
    File.write(File.join(folder, 'fqdn', 'ci-dashboard.openstack.org.yaml'), secrets_file)
    hierarchy = YAML.load_file(File.join(PUPPET, 'hiera.yaml'))
    hierarchy['hierarchy'].each do |level|
      level['datadir'] = level['datadir'].start_with?('/etc/') ? folder : File.join(PUPPET, level['datadir'])
    end
    File.join(folder, 'hiera.yaml').tap { |path| File.write(path, hierarchy.to_yaml) }
  end

  after { FileUtils.rm_rf(folder) }

  Facts::SYSTEMS.each_key do |system|
    context "on #{system}" do
      let(:facts) { Facts.of(system) }

      it 'is a dashboard of OpenStack\'s Gerrit over http' do
        is_expected.to compile.with_all_deps
        is_expected.to contain_class('ciwatch').with(
          'database' => 'postgresql', 'gerrit_user' => 'ci-watch', 'gerrit_host' => 'review.opendev.org'
        )
        is_expected.to contain_apache__vhost('ciwatch').with('servername' => 'ci-dashboard.openstack.org', 'port' => 80)
        is_expected.to contain_firewall('100 ciwatch').with_dport(80)
        expect(catalogue.resource('class', 'ciwatch').sensitive_parameters).to include(:ssh_private_key)
      end
    end
  end

  context 'with a certificate' do
    let(:secrets) { told.merge(certificate, its_key) }

    it 'answers over https, leads there from http, and keeps the key to root' do
      is_expected.to compile.with_all_deps
      is_expected.to contain_apache__vhost('ciwatch').with('port' => 443, 'ssl' => true)
      is_expected.to contain_apache__vhost('ci-dashboard.openstack.org over http')
        .with('port' => 80, 'redirect_dest' => 'https://ci-dashboard.openstack.org/')
      is_expected.to contain_firewall('100 ciwatch').with_dport(443)
      is_expected.to contain_firewall('100 ciwatch over http').with_dport(80)
      is_expected.to contain_file('/etc/ssl/private/ci-dashboard.openstack.org.key')
        .with('mode' => '0400', 'owner' => 'root', 'show_diff' => false)
      key = catalogue.resource('file', '/etc/ssl/private/ci-dashboard.openstack.org.key')
      expect(key.sensitive_parameters).to eq([:content])
    end
  end

  context 'with a certificate and no key' do
    let(:secrets) { told.merge(certificate) }

    it { is_expected.to compile.and_raise_error(/ssl_certificate and ssl_private_key are given together/) }
  end

  context 'with the example as it stands' do
    let(:secrets_file) { File.read(File.join(PUPPET, 'hieradata', 'example.yaml')) }

    it { is_expected.to compile.and_raise_error(/'gerrit_ssh_private_key' expects .*'gerrit_ssh_host_key' expects /m) }
  end

  context 'with all lines of the example' do
    let(:secrets_file) do
      text = File.read(File.join(PUPPET, 'hieradata', 'example.yaml'))
      text = text.gsub(/^# (?=openstack_project|  )/, '').sub('THE HOST KEY', told['gerrit_ssh_host_key'])
      { 'THE PRIVATE KEY OF THE CERTIFICATE' => its_key, 'THE PRIVATE KEY' => told, 'THE CERTIFICATE' => certificate }
        .each { |words, from| text = text.sub(/^ +#{words}$/, from.values.first.gsub(/^/, '  ')) }
      text
    end

    it { is_expected.to compile.with_all_deps }
  end
end

describe 'another.openstack.org', type: :host do
  let(:facts) { Facts.of('Debian 12') }

  it { is_expected.to compile.and_raise_error(/site.pp has no node 'another.openstack.org'/) }
end
