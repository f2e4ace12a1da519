// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

/// @notice Receipt gas, base and calldata included: each call is a transaction of its own. Written to gas/, compared
/// with what is committed there by tools/gas.js, and bounded here by what was promised.
contract GasTest is Base {
    function noted(string memory name, uint256 most) private {
        uint256 got = vm.snapshotGasLastCall(name);
        require(got <= most, string.concat(name, " takes ", str(got), " gas, promised are ", str(most)));
    }

    function testGasThirdPaymentOfTheDay() public {
        pay(1e6 + 234_567, 1);
        pay(2e6 + 234_567, 2);
        pay(3e6 + 234_567, 3);
        noted("pay third of the day", 43_500);
    }

    function testGasOldAnchor() public {
        pay(1e6, 1);
        pay(2e6 + 234_567, 2);
        pay(CARD, merchant, 3e6 + 234_567, 3, newest() - 1000);
        noted("pay anchor older than 256 blocks", 48_500);
    }

    function testGasFirstOfTheDay() public {
        for (uint256 i; i < 35; i++) {
            pay(1e6 + 234_567, i + 1);
            if (i == 10) noted("pay first of the day in the first 32 days", 77_000);
            pass(7200, DAY);
        }
        pay(3e6 + 234_567, 100);
        noted("pay first of the day", 60_000);
        pay(3e6 + 234_567, 101);
        pay(3e6 + 234_567, 102);
        pass(400 * 7200, 400 * DAY);
        pay(3e6 + 234_567, 103);
        noted("pay first of the day after 400 idle days", 60_000);
        pay(3e6 + 234_567, 104);
        pay(3e6 + 234_567, 105);
        noted("pay third of the day after 400 idle days", 43_500);
    }
}
