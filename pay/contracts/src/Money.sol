// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Events} from "./Events.sol";

/// @title Tokens in and out, in units of 1e-6 token.
/// @notice What comes in counts by the difference it makes, so a token that takes a fee cannot make the vault owe
/// more than it has. Whoever calls these holds the vault's reentrancy lock.
library Money {
    using SafeERC20 for IERC20;

    /// Where what is burned goes: tokens without a burn function leave circulation here.
    address internal constant FIRE = 0x000000000000000000000000000000000000dEaD;

    function unit(address token) internal view returns (uint256) {
        return 10 ** (IERC20Metadata(token).decimals() - 6);
    }

    /// @notice Takes `amount` units from `payer` and returns the units that arrived.
    function pull(address token, address payer, uint256 amount) internal returns (uint256) {
        uint256 one = unit(token);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(payer, address(this), amount * one);
        uint256 got = (IERC20(token).balanceOf(address(this)) - before) / one;
        require(got != 0, Events.Nothing());
        return got;
    }

    /// @notice Sends `amount` units.
    function push(address token, address to, uint256 amount) internal {
        if (amount != 0) IERC20(token).safeTransfer(to, amount * unit(token));
    }
}
