# frozen_string_literal: true

# The same systems and modules as those on which the module is tried.
require_relative '../../ciwatch/spec/spec_helper'

PUPPET = File.expand_path('../../..', __dir__)

RSpec.configure do |config|
  config.manifest = File.join(PUPPET, 'manifests', 'site.pp')
end
