//go:build unix

package main

import "syscall"

// restrictUmask keeps every file that is made from now on to its owner.
func restrictUmask() { syscall.Umask(0o077) }
