// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Params} from "./State.sol";

/// @title The parameters that rolling a day needs, in one word, so that the payment path has them in its code.
/// @notice ratio 16 | payerCap 64 | slope 32 | leverageStep 8 | maxLeverage 8 | multiple 8 | windowDays 8.
library Rules {
    function pack(Params memory p) internal pure returns (uint256) {
        return uint256(p.ratio) << 128 | uint256(p.payerCap) << 64 | uint256(p.slope) << 32 | uint256(p.leverageStep) << 24
            | uint256(p.maxLeverage) << 16 | uint256(p.multiple) << 8 | p.windowDays;
    }

    /// @notice Of bad over good, in 1/10,000, above which buyers win.
    function ratio(uint256 w) internal pure returns (uint256) {
        return uint16(w >> 128);
    }

    function payerCap(uint256 w) internal pure returns (uint256) {
        return uint64(w >> 64);
    }

    function slope(uint256 w) internal pure returns (uint256) {
        return uint32(w >> 32);
    }

    function leverageStep(uint256 w) internal pure returns (uint256) {
        return uint8(w >> 24);
    }

    function maxLeverage(uint256 w) internal pure returns (uint256) {
        return uint8(w >> 16);
    }

    function multiple(uint256 w) internal pure returns (uint256) {
        return uint8(w >> 8);
    }

    function windowDays(uint256 w) internal pure returns (uint256) {
        return uint8(w);
    }
}
