package cli

import "github.com/spf13/cobra"

// Strict makes "program group mistake" a usage error instead of a help page with exit code 0, here and below.
func Strict(c *cobra.Command, json *bool) {
	for _, sub := range c.Commands() {
		Strict(sub, json)
	}
	if c.HasSubCommands() && c.RunE == nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return Usage("unknown command %s for %s", args[0], c.CommandPath())
			}
			if *json {
				return Usage("%s needs a command", c.CommandPath())
			}
			return c.Help()
		}
		c.Args = cobra.ArbitraryArgs
	}
	if c.Args != nil {
		check := c.Args
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return UsageError{err}
			}
			return nil
		}
	}
}
