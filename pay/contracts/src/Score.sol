// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The score of a merchant, in integers that other programs can follow exactly.
/// @notice Weights fade by half every half-life. A day weighs what was paid on it, but no more than a cap for each
/// distinct payer, so that one card cannot make a reputation.
library Score {
    uint256 internal constant ONE = 1 << 32;

    /// @notice 2^32 times what a weight keeps over `n` days: 2^(-n * slope / 2^32), by a shift and a cubic between the
    /// powers of two that is exact at both ends and off by less than 0.02 % between. The cost does not grow with n.
    /// @param slope 2^32 divided by the half-life in days
    function keep(uint256 slope, uint256 n) internal pure returns (uint256) {
        unchecked {
            uint256 x = n * slope;
            if (x >> 37 != 0) return 0;
            uint256 f = x & 0xffffffff;
            return (ONE - (f * (2970392399 - (f * (992828864 - (f * 169920113 >> 32)) >> 32)) >> 32)) >> (x >> 32);
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
