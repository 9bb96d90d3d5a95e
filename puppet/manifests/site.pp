# The nodes of this site. What a node is told stands in hieradata; hiera.yaml says where.

# Node-OS: bookworm
node 'ci-dashboard.openstack.org' {
  class { 'openstack_project::ci_dashboard': }
}

# A node that is not named above gets nothing, and says so instead of looking configured.
node default {
  fail("site.pp has no node '${trusted['certname']}'")
}
