import Testing

@testable import SystemSupport

@Suite("Control groups' limits are honoured, those of groups above too")
struct ControlGroupTests {
  private func find(
    _ controller: String, memberships: String, files: [String: String]
  ) -> ControlGroup? {
    ControlGroup(
      controller: controller, memberships: memberships,
      exists: { path in files.keys.contains { $0 == path || $0.hasPrefix(path + "/") } })
  }

  @Test("Version 2: the least that any group on the way up leaves")
  func memory2() throws {
    let files = [
      "/sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
      "/sys/fs/cgroup/a/memory.max": "1000000\n",
      "/sys/fs/cgroup/a/memory.current": "400000\n",
      "/sys/fs/cgroup/a/memory.stat": "anon 5\nfile 7\ninactive_file 100000\n",
      "/sys/fs/cgroup/a/b/memory.max": "max\n",
      "/sys/fs/cgroup/a/b/cpu.max": "150000 100000\n",
      "/sys/fs/cgroup/a/cpu.max": "max 100000\n",
    ]
    let group = try #require(find("memory", memberships: "0::/a/b\n", files: files))
    #expect(group.memoryLeft { files[$0] } == 700_000)
    #expect(group.coresAllowed { files[$0] } == 1.5)
  }

  @Test("Version 1: each controller has a tree of its own")
  func version1() throws {
    let files = [
      "/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes": "5000\n",
      "/sys/fs/cgroup/memory/docker/x/memory.usage_in_bytes": "6000\n",
      "/sys/fs/cgroup/memory/docker/x/memory.stat": "inactive_file 1\ntotal_inactive_file 3000\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    let memberships = "4:memory:/docker/x\n3:cpu,cpuacct:/\n0::/\n"
    let memory = try #require(find("memory", memberships: memberships, files: files))
    #expect(memory.memoryLeft { files[$0] } == 2000)
    let cpu = try #require(find("cpu", memberships: memberships, files: files))
    #expect(cpu.coresAllowed { files[$0] } == nil)
  }

  @Test("In a container the names outside mean nothing: its root counts")
  func container() throws {
    let files = [
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "800\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "900\n",
    ]
    let group = try #require(
      find("memory", memberships: "4:memory:/docker/0123\n", files: files))
    #expect(group.memoryLeft { files[$0] } == 0)
    let mounted = ["/sys/fs/cgroup/cgroup.controllers": ""]
    let above = find("memory", memberships: "0::/../../x\n", files: mounted)
    #expect(above?.folders == ["/sys/fs/cgroup"])
    #expect(find("memory", memberships: "", files: [:]) == nil)
  }
}
