// Package bench measures what the project promises about speed and prints each figure beside its target and as a ratio
// to the bare primitives it is made of, measured in the same run: on a slow or busy machine both get slower and the
// ratio stays. It is run by `make bench`.
//
// Times never make it fail: machines differ, and a benchmark that fails at random is soon ignored.
package bench
