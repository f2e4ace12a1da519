//go:build !linux

package vpcd

import "io"

// quickAcker returns a function that does nothing: only Linux needs and knows TCP_QUICKACK.
func quickAcker(io.ReadWriter) func() { return func() {} }
