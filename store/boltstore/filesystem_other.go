//go:build !linux

package boltstore

// fileSystem is only known on Linux.
func fileSystem(string) string { return "" }
