// Package house holds no code, only the test of the house rules: which package may import which. ARCHITECTURE.md draws
// the same rules as a map.
package house
