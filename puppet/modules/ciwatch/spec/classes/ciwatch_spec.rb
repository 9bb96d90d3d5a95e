# frozen_string_literal: true

require 'spec_helper'

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nnot one\n-----END OPENSSH PRIVATE KEY-----\n"
HOST_KEY = '[review.opendev.org]:29418 ssh-ed25519 AAAAC3Nz'
SECRET = 'Correct-horse_1.2~3'
CONF = '/etc/ciwatch/ciwatch.conf'
UNIT = '/etc/systemd/system/ciwatch-listener.service'

describe 'ciwatch' do
  def self.secret(text)
    RSpec::Puppet::Sensitive.new(text)
  end

  # What a node cannot do without.
  NEEDED = {
    'source' => { 'type' => 'package', 'revision' => '1.2.0' },
    'gerrit_user' => 'ci-watch',
    'ssh_private_key' => secret(KEY),
    'ssh_host_key' => HOST_KEY,
  }.freeze

  DATABASES = {
    'sqlite' => {},
    'postgresql' => {},
    'mysql' => { 'database_password' => secret(SECRET) },
    'url' => { 'database_url' => secret('postgresql+psycopg://me:pa$$@db.example.org/ci') },
  }.freeze

  let(:facts) { Facts.of('Debian 12') }
  let(:needed) { NEEDED }
  let(:more) { {} }
  let(:params) { needed.merge(more) }

  def content(path)
    text = catalogue.resource('file', path)[:content]
    text.respond_to?(:unwrap) ? text.unwrap : text
  end

  # The arguments of a command, of which what cannot be is refused with this line.
  def self.refuses(why, line)
    context "when #{why}" do
      it { is_expected.to compile.and_raise_error(line) }
    end
  end

  Facts::SYSTEMS.each_key do |system|
    DATABASES.each do |database, with|
      context "on #{system} with #{database}" do
        let(:facts) { Facts.of(system) }
        let(:more) { with.merge('database' => database) }

        it 'is whole, and tells no secret' do
          is_expected.to compile.with_all_deps
          is_expected.to contain_file('/etc/ciwatch').with('owner' => 'root', 'group' => 'ciwatch', 'mode' => '0750')
          is_expected.to contain_file(CONF).with('owner' => 'root', 'group' => 'ciwatch', 'mode' => '0640', 'show_diff' => false)
          is_expected.to contain_file('/etc/ciwatch/id_ed25519')
            .with('owner' => 'ciwatch', 'mode' => '0400', 'show_diff' => false)
          [CONF, '/etc/ciwatch/id_ed25519'].each do |path|
            expect(catalogue.resource('file', path).sensitive_parameters + [catalogue.resource('file', path)[:content].class])
              .to include(:content).or include(Puppet::Pops::Types::PSensitiveType::Sensitive)
          end

          clear = catalogue.resources.flat_map do |resource|
            resource.to_hash.reject { |name, _| resource.sensitive_parameters.include?(name) }.values.map(&:to_s)
          end
          [KEY, SECRET, 'pa$$'].each { |word| expect(clear.grep(/#{Regexp.escape(word)}/)).to be_empty }
        end
      end
    end
  end

  context 'with SQLite' do
    it 'has what it takes' do
      expect(content(CONF)).to include("[database]\nconnection = sqlite:///$state_path/ciwatch.sqlite\n")
      is_expected.to contain_package('sqlite3')
      is_expected.not_to contain_class('postgresql::server')
      expect(content('/usr/local/sbin/ciwatch-backup')).to include('VACUUM INTO')
      expect(content('/usr/local/sbin/ciwatch-restore')).to include('quick_check')
    end
  end

  { 'Debian 12' => '15', 'Debian 13' => '17', 'Ubuntu 24.04' => '16' }.each do |system, version|
    context "with the PostgreSQL of #{system}" do
      let(:facts) { Facts.of(system) }
      let(:more) { { 'database' => 'postgresql' } }

      it 'has what it takes' do
        is_expected.to contain_class('postgresql::globals').with_version(version)
        is_expected.to contain_postgresql__server__role('ciwatch').with_password_hash(false)
        is_expected.to contain_postgresql__server__database('ciwatch').with('owner' => 'ciwatch', 'encoding' => 'UTF8')
        expect(content(CONF)).to include('connection = postgresql+psycopg://ciwatch@/ciwatch?host=/var/run/postgresql')
        expect(content('/usr/local/sbin/ciwatch-backup')).to include('pg_dump')
        expect(content('/usr/local/sbin/ciwatch-restore')).to include('psql')
      end
    end
  end

  context 'with PostgreSQL on a release that is not known' do
    let(:facts) { Facts.of('Debian 12').merge('os' => { 'name' => 'Debian', 'family' => 'Debian', 'release' => { 'major' => '99' } }) }
    let(:more) { { 'database' => 'postgresql' } }

    refuses('its PostgreSQL is not either', /say ciwatch::database::postgresql_version for Debian 99/)
  end

  context 'with MySQL' do
    let(:more) { { 'database' => 'mysql', 'database_password' => self.class.secret(SECRET) } }

    it 'has what it takes' do
      is_expected.to contain_class('mysql::server')
      is_expected.to contain_mysql_database('ciwatch').with('charset' => 'utf8mb4', 'collate' => 'utf8mb4_bin')
      is_expected.to contain_mysql_grant('ciwatch@localhost/ciwatch.*').that_requires('Mysql_user[ciwatch@localhost]')
      is_expected.to contain_file('/etc/ciwatch/mysql.cnf').with('mode' => '0640', 'group' => 'ciwatch', 'show_diff' => false)
      expect(content('/etc/ciwatch/mysql.cnf')).to include("password = #{SECRET}\n")
      expect(content(CONF)).to include("connection = mysql+pymysql://ciwatch:#{SECRET}@localhost/ciwatch?")
      expect(content('/usr/local/sbin/ciwatch-backup')).to include('mysqldump')
      expect(content('/usr/local/sbin/ciwatch-restore')).to include('mysql --defaults-extra-file')
    end
  end

  context 'with a URL' do
    let(:more) { { 'database' => 'url', 'database_url' => self.class.secret('mysql+pymysql://me:pa$$@db/ci') } }

    it 'has what it takes' do
      expect(content(CONF)).to include('pa$$$$@db')
      is_expected.to contain_file('/usr/local/sbin/ciwatch-backup').with_ensure('absent')
      is_expected.to contain_service('ciwatch-backup.timer').with_enable(false)
    end
  end

  it 'builds, then migrates, then serves' do
    is_expected.to contain_exec('ciwatch: build the release').that_comes_before("File[#{CONF}]")
    is_expected.to contain_file('/usr/local/sbin/ciwatch-backup').that_comes_before('Exec[ciwatch: migrate the database]')
    is_expected.to contain_class('ciwatch::config').that_notifies('Class[ciwatch::listener]')
    is_expected.to contain_class('ciwatch::config').that_notifies('Class[ciwatch::web]')
    is_expected.to contain_class('ciwatch::database').that_comes_before('Class[ciwatch::release]')
    is_expected.to contain_exec('ciwatch: migrate the database').that_comes_before('File[/opt/ciwatch/current]')
    is_expected.to contain_class('ciwatch::release').that_notifies('Class[ciwatch::listener]')
    is_expected.to contain_class('ciwatch::listener').that_comes_before('Class[ciwatch::web]')
  end

  context 'when nothing is asked for besides' do
    it 'has what it takes' do
      is_expected.to contain_user('ciwatch').with('system' => true, 'shell' => '/usr/sbin/nologin')
      is_expected.to contain_file('/opt/ciwatch/current').with('ensure' => 'link', 'target' => 'releases/1.2.0')
      expect(content(CONF)).to include("[gerrit]\nkey_file = /etc/ciwatch/id_ed25519\nknown_hosts_file = /etc/ciwatch/known_hosts\n")
      is_expected.to contain_file(CONF).with_validate_cmd('/opt/ciwatch/releases/1.2.0/bin/ciwatch --config-file % parsers list')
      is_expected.to contain_file('/opt/ciwatch/bin/release').with_mode('0755')
      is_expected.to contain_file('/usr/local/bin/ciwatch').with_mode('0755')
      is_expected.to contain_exec('ciwatch: build the release').with_creates('/opt/ciwatch/releases/1.2.0/.installed')
      is_expected.to contain_exec('ciwatch: remove old releases').that_requires('File[/opt/ciwatch/current]')
      is_expected.to contain_class('apache::mod::wsgi').with_package_name('libapache2-mod-wsgi-py3')
      is_expected.to contain_class('apache::mod::deflate')
      is_expected.to contain_file('/opt/ciwatch/wsgi/ciwatch.wsgi').that_notifies('Class[apache::service]')
      is_expected.not_to contain_file('/etc/ciwatch/systems.yaml')
      is_expected.not_to contain_class('firewall')
    end

    it 'has a listener that systemd keeps alive and small' do
      expect(content(UNIT).lines(chomp: true))
        .to include('Type=notify', 'WatchdogSec=60', 'Restart=always', 'User=ciwatch', 'NoNewPrivileges=true')
    end
  end

  # Every parameter: what it may be, and what comes of it.
  CASES = {
    'source' => [
      [{ 'type' => 'package', 'revision' => '1.3.0', 'from' => 'https://pypi.example.org/simple' },
       lambda do
         is_expected.to contain_exec('ciwatch: build the release').with_command(
           %w[/opt/ciwatch/bin/release build /opt/ciwatch/releases/1.3.0] +
           %w[--index-url https://pypi.example.org/simple ciwatch==1.3.0],
         )
       end],
      [{ 'type' => 'wheel', 'revision' => '1.3.0.dev1', 'from' => '/root/ciwatch.whl' },
       lambda do
         is_expected.to contain_exec('ciwatch: build the release').with_command(
           %w[/opt/ciwatch/bin/release build /opt/ciwatch/releases/1.3.0.dev1 /root/ciwatch.whl],
         )
       end],
      [{ 'type' => 'git', 'revision' => 'abc123', 'from' => 'https://opendev.org/openstack/ci-watch' },
       lambda do
         is_expected.to contain_vcsrepo('/opt/ciwatch/src')
           .with('revision' => 'abc123', 'source' => 'https://opendev.org/openstack/ci-watch')
           .that_comes_before('Exec[ciwatch: build the release]')
         is_expected.to contain_package('git')
       end],
    ],
    'server_name' => [['dashboard.example.org', -> { is_expected.to contain_apache__vhost('ciwatch').with_servername('dashboard.example.org') }]],
    'server_aliases' => [[['ci.example.net'], -> { is_expected.to contain_apache__vhost('ciwatch').with_serveraliases(['ci.example.net']) }]],
    'gerrit_host' => [['gerrit.example.org', -> { expect(content(CONF)).to include("url = https://gerrit.example.org\n") }]],
    'gerrit_port' => [[2222, -> { expect(content(CONF)).to include("ssh_port = 2222\n") }]],
    'gerrit_user' => [['watcher', -> { expect(content(CONF)).to include("username = watcher\n") }]],
    'ssh_private_key' => [[secret(KEY.strip), -> { expect(content('/etc/ciwatch/id_ed25519')).to eq(KEY) }]],
    'ssh_host_key' => [["a ssh-rsa B\na ssh-ed25519 C", -> { expect(content('/etc/ciwatch/known_hosts')).to eq("a ssh-rsa B\na ssh-ed25519 C\n") }]],
    'settings' => [
      [{ 'gerrit' => { 'ci_groups' => ['Third-Party CI', 'Other'], 'http_password' => secret('x$$y'), 'ssh_port' => 1 } },
       lambda do
         expect(content(CONF)).to include("ci_groups = Third-Party CI, Other\n", "http_password = x$$y\n", "ssh_port = 1\n")
         expect(content(CONF)).to include("url = https://review.opendev.org\n")
       end],
      [{ 'DEFAULT' => { 'state_path' => '/srv/ciwatch' }, 'listener' => { 'archive_dir' => '/srv/archive' } },
       lambda do
         is_expected.to contain_file('/srv/ciwatch').with('ensure' => 'directory', 'owner' => 'ciwatch', 'mode' => '0750')
         is_expected.to contain_file('/srv/archive').with('ensure' => 'directory', 'owner' => 'ciwatch', 'mode' => '0750')
         expect(content(UNIT)).to include("ReadWritePaths=/srv/ciwatch /srv/archive\n")
         expect(content('/usr/local/sbin/ciwatch-backup')).to include('/srv/ciwatch/ciwatch.sqlite')
       end],
    ],
    'registry' => [
      ["systems:\n", lambda do
        is_expected.to contain_file('/etc/ciwatch/systems.yaml')
          .with('content' => "systems:\n", 'validate_cmd' => '/opt/ciwatch/releases/1.2.0/bin/ciwatch registry validate %')
      end],
      ['puppet:///modules/profile/systems.yaml', lambda do
        is_expected.to contain_file('/etc/ciwatch/systems.yaml').with_source('puppet:///modules/profile/systems.yaml')
      end],
    ],
    'processes' => [[5, -> { expect(catalogue.resource('apache::vhost', 'ciwatch')[:wsgi_daemon_process]['ciwatch']).to include('processes' => 5) }]],
    'threads' => [[3, -> { expect(catalogue.resource('apache::vhost', 'ciwatch')[:wsgi_daemon_process]['ciwatch']).to include('threads' => 3) }]],
    'vhost_params' => [[{ 'port' => 443, 'ssl' => true }, -> { is_expected.to contain_apache__vhost('ciwatch').with('port' => 443, 'ssl' => true) }]],
    'manage_firewall' => [[true, -> { is_expected.to contain_firewall('100 ciwatch').with('dport' => 80, 'proto' => 'tcp') }]],
    'ensure_listener' => [
      ['running', -> { is_expected.to contain_service('ciwatch-listener.service').with('ensure' => true, 'enable' => true) }],
      ['stopped', -> { is_expected.to contain_service('ciwatch-listener.service').with('ensure' => false, 'enable' => false) }],
    ],
    'backup_ensure' => [
      ['present', -> { is_expected.to contain_service('ciwatch-backup.timer').with('ensure' => true, 'enable' => true) }],
      ['absent', lambda do
        is_expected.to contain_service('ciwatch-backup.timer').with('ensure' => false, 'enable' => false)
        is_expected.to contain_file('/usr/local/sbin/ciwatch-backup').with_ensure('absent')
      end],
    ],
    'backup_keep' => [[3, -> { expect(content('/usr/local/sbin/ciwatch-backup')).to include('head -n -3') }]],
    'backup_calendar' => [['hourly', -> { expect(content('/etc/systemd/system/ciwatch-backup.timer')).to include("OnCalendar=hourly\n") }]],
  }.freeze

  CASES.each do |parameter, cases|
    cases.each do |value, outcome|
      context "with #{parameter} => #{value.inspect}" do
        let(:more) { { parameter => value } }

        it 'has what it takes' do
          is_expected.to compile.with_all_deps
          instance_exec(&outcome)
        end
      end
    end
  end

  it 'is tried with every parameter that there is' do
    declared = File.read("#{MODULE}/manifests/init.pp")[/^class ciwatch \(.*?^\) \{/m].scan(/^  [A-Z].*? \$(\w+)/).flatten
    expect(CASES.keys + %w[database database_password database_url]).to match_array(declared)
  end

  it 'can set every option of the sample configuration' do
    sample = File.read("#{MODULE}/../../../etc/ciwatch/ciwatch.conf.sample")
    section = nil
    options = sample.lines.each_with_object([]) do |line, found|
      section = Regexp.last_match(1) if line =~ /^\[(\w+)\]$/
      found << [section, Regexp.last_match(1)] if line =~ /^#?(\w+) = /
    end
    settings = Hash.new { |hash, key| hash[key] = {} }
    (options - [%w[database connection]]).each { |name, option| settings[name][option] = "/of/#{name}/#{option}" }
    params.merge!('settings' => settings)
    expect(options.size).to be > 20
    settings.each { |name, values| values.each { |option, value| expect(content(CONF)[/^\[#{name}\]\n(.+\n)*/]).to include("#{option} = #{value}\n") } }
  end

  context 'without an account, asking Gerrit over REST' do
    let(:needed) { { 'source' => NEEDED['source'], 'settings' => { 'listener' => { 'source' => 'rest' } } } }

    it 'has what it takes' do
      is_expected.to compile.with_all_deps
      is_expected.not_to contain_file('/etc/ciwatch/id_ed25519')
      expect(content(CONF)).not_to include('key_file')
      expect(catalogue.resources.map(&:title).grep(/what the source/)).to eq([])
    end
  end

  { 'kafka' => 'confluent_kafka', 'mqtt' => 'paho.mqtt' }.each do |source, library|
    context "hearing #{source}" do
      let(:index) { { 'from' => 'https://pypi.example.org/simple' } }
      let(:needed) { { 'source' => NEEDED['source'].merge(index), 'settings' => { 'listener' => { 'source' => source } } } }

      it 'has the library for it, also in a release that is there already' do
        is_expected.to compile.with_all_deps
        is_expected.to contain_exec("ciwatch: install what the source #{source} needs")
          .with_command(
            %w[/opt/ciwatch/bin/release add /opt/ciwatch/releases/1.2.0] +
            [source, '--index-url', 'https://pypi.example.org/simple'],
          )
          .with_unless([['/opt/ciwatch/bin/release', 'has', '/opt/ciwatch/releases/1.2.0', library]])
          .that_requires('Exec[ciwatch: build the release]')
      end
    end
  end

  {
    'listening over ssh without a key' => [{ 'ssh_private_key' => :undef }, /needs gerrit_user, ssh_private_key and ssh_host_key/],
    'a key in the clear' => [{ 'ssh_private_key' => KEY }, /ssh_private_key.* expects a (value of type Undef or )?Sensitive/],
    'a host key without its host' => [{ 'ssh_host_key' => 'AAAAC3Nz' }, /ssh_host_key/],
    'a revision that leaves its folder' => [{ 'source' => { 'type' => 'package', 'revision' => '../1' } }, /source/],
    'a wheel from nowhere' => [{ 'source' => { 'type' => 'wheel', 'revision' => '1' } }, /source/],
    'a setting of two lines' => [{ 'settings' => { 'web' => { 'host' => "a\n[gerrit]" } } }, /settings/],
    'a connection among the settings' => [{ 'settings' => { 'database' => { 'connection' => 'x' } } }, /say database => 'url' and database_url/],
    'a URL of no use' => [{ 'database_url' => secret('sqlite://') }, /database_url and database => 'url' need each other/],
    'no URL' => [{ 'database' => 'url' }, /database_url and database => 'url' need each other/],
    'MySQL without a password' => [{ 'database' => 'mysql' }, /needs database_password/],
    'a password that no URL can hold' => [{ 'database' => 'mysql', 'database_password' => secret('a@b') }, /since it stands in a URL/],
    'no backup to keep' => [{ 'backup_keep' => 0 }, /backup_keep/],
  }.each do |why, (values, line)|
    context "with #{why}" do
      let(:more) { values }

      refuses('it is so', line)
    end
  end

  context 'on another system' do
    let(:facts) { Facts.of('Debian 12').merge('os' => { 'name' => 'Fedora', 'family' => 'RedHat', 'release' => { 'major' => '42' } }) }

    refuses('it is Fedora', /Debian and Ubuntu are supported, not Fedora/)
  end
end

# Nobody is to take a part of it alone.
%w[install config database backup release listener web].each do |part|
  describe "ciwatch::#{part}" do
    let(:facts) { Facts.of('Debian 12') }

    it { is_expected.to compile.and_raise_error(/is private/) }
  end
end
