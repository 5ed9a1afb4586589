package boltstore

import "syscall"

// fileSystem names the kinds that matter for durability; empty for all others and when it cannot be told.
func fileSystem(path string) string {
	var info syscall.Statfs_t
	if syscall.Statfs(path, &info) != nil {
		return ""
	}
	switch uint32(info.Type) { // magic numbers: statfs(2)
	case 0x01021994:
		return "tmpfs"
	case 0x858458f6:
		return "ramfs"
	case 0x794c7630:
		return "overlay"
	case 0x6969:
		return "nfs"
	case 0xff534d42, 0xfe534d42:
		return "cifs"
	}
	return ""
}
