//go:build !unix

package main

// restrictUmask does nothing: files inherit the folder's access list here.
func restrictUmask() {}
