//go:build linux || darwin

package pcsc

import (
	"errors"
	"fmt"

	"github.com/ebitengine/purego"
)

// symbol is the address of one function of the library.
type symbol uintptr

// call calls it. The pragma keeps what the arguments point to alive and in place until it returns.
//
//go:uintptrescapes
func (s symbol) call(args ...uintptr) Code {
	r, _, _ := purego.SyscallN(uintptr(s), args...)
	return Code(uint32(r))
}

// openLibrary loads the first of the candidates that there is and returns a way to find functions in it.
func openLibrary() (func(name string) (symbol, error), error) {
	var failures []error
	for _, name := range libraryNames {
		handle, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		return func(name string) (symbol, error) {
			address, err := purego.Dlsym(handle, name)
			return symbol(address), err
		}, nil
	}
	return nil, fmt.Errorf("%s: %w", libraryHint, errors.Join(failures...))
}
