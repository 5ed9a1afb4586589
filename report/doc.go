// Package report writes what leaves the house as a file: tables, and the journal as evidence that anybody can check.
// Texts in words come in ready; nothing here talks to a store or a platform.
package report
