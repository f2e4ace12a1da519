// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Limits} from "../src/Limits.sol";

/// @notice What tools/prove.js proves of {Limits}, for every value and not for tried ones. Nothing calls it.
contract Prove {
    /// @notice What is let through is within the limit, and counts at least what is paid and what was spent before.
    function aPaymentWithinTheLimitCounts(uint256 spent, bool same, uint256 amount, uint256 limit) external pure {
        require(spent < 1 << 40 && amount < 1 << 48);
        (bool ok, uint256 next) = Limits.spend(spent, same, amount, limit);
        assert(!ok || next <= limit);
        assert(next >= amount);
        assert(!same || next >= spent);
        assert(ok || next > limit);
    }

    /// @notice So that the compiler's output has the functions that tools/prove.js reads from it.
    function compiled(uint256 a, uint256 b, uint256 c) external pure returns (bool ok, uint256 x, uint256 y) {
        (ok, x, y) = Limits.advance(a, b, c);
        (x, ok) = Limits.apart(x, y);
    }
}
