// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token for trying things out, worth nothing: anybody makes as much of it as wanted.
contract TestDollar is ERC20("Test dollar, worth nothing", "TEST") {
    /// @notice Units are 1e-6 token, like the usual dollars.
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @notice Makes tokens out of nothing.
    /// @param amount in 1e-6 token
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
