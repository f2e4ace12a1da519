// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The score of a merchant, in integers that other programs can follow exactly.
/// @notice Weights fade by half every half-life. A day weighs what was paid on it, but no more than a cap for each
/// distinct payer, so that one card cannot make a reputation.
library Score {
    uint256 internal constant ONE = 1 << 32;

    /// @notice 2^32 times what a weight keeps over `n` days of `daily` / 2^32 each, by squaring: at most ten steps,
    /// because after 1,023 days nothing is told apart any more. Each product is rounded down.
    function keep(uint256 daily, uint256 n) internal pure returns (uint256 kept) {
        unchecked {
            if (n == 1) return daily;
            if (n > 1023) n = 1023;
            kept = ONE;
            for (uint256 f = daily; n != 0; n >>= 1) {
                if (n & 1 == 1) kept = kept * f >> 32;
                f = f * f >> 32;
            }
        }
    }

    /// @notice What a day adds to the good side.
    function weight(uint256 amount, uint256 payers, uint256 cap) internal pure returns (uint256) {
        unchecked {
            uint256 most = payers * cap;
            return amount < most ? amount : most;
        }
    }

    /// @notice Whether the disputes weigh more than `ratio` / 10,000 of the good side.
    function negative(uint256 good, uint256 bad, uint256 ratio) internal pure returns (bool) {
        return bad * 10_000 > good * ratio;
    }
}
