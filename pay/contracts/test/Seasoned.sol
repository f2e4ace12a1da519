// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Docket} from "./Docket.sol";
import {vm} from "./Vm.sol";

/// @notice Three seasoned cards of one owner that paid the usual merchant, in payments 0 to 2.
abstract contract Seasoned is Docket {
    /// @notice Nine payments: of each card one of `amount` to the merchant, and one of 1 to each of two others.
    function trade(uint256 amount) internal {
        address[2] memory others = [address(0x111), address(0x222)];
        join(others[0], 600e6);
        join(others[1], 600e6);
        for (uint256 i; i < 3; i++) {
            bind(0x501 + i, LIMITS);
            give(vm.addr(0x501 + i), 300e6);
        }
        pass(31 * 7200, 31 * DAY);
        for (uint256 k; k < 9; k++) {
            address m = k < 3 ? merchant : others[k / 3 - 1];
            tracked(0x501 + k % 3, m, k < 3 ? amount : 1e6, 1 + k / 3, bytes32(k));
        }
        nextDay();
        vault.roll(others[0]);
        vault.roll(others[1]);
        for (uint256 i; i < 3; i++) {
            seasons([i, 3 + i, 6 + i], [uint256(2), 5, 8]);
        }
        dollar.approve(address(vault), 100e6);
    }
}
