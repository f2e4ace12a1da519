// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Batches} from "../src/Batches.sol";
import {Events} from "../src/Events.sol";
import {Reason} from "../src/Reason.sol";
import {Base} from "./Base.sol";
import {Vm, vm} from "./Vm.sol";

contract BatchTest is Base {
    bytes internal data;
    uint256[] internal anchors;

    /// @notice One payment of the batch being made.
    function add(uint256 key, uint256 amount, uint256 counter, uint256 anchor) internal {
        bytes32 offer = keccak256(abi.encode(key, counter));
        (bytes32 r, bytes32 vs) = signed(key, headOf(merchant, amount, counter), anchors[anchor], offer);
        data = abi.encodePacked(data, uint64(amount), uint32(counter), uint8(anchor), offer, r, vs);
    }

    function cards(uint256 n) internal {
        for (uint256 i; i < n; i++) {
            bind(0xbeef00 + i, LIMITS);
            give(vm.addr(0xbeef00 + i), 50e6);
        }
    }

    function hundred(uint256 old, string memory name, uint256 most) internal {
        for (uint256 i; i < old; i++) {
            anchors.push(newest() - 1000 - 8 * i);
        }
        for (uint256 i; i < 10; i++) {
            if (old == 0) anchors.push(newest() - 8 * i);
        }
        for (uint256 i; i < 100; i++) {
            add(0xbeef00 + i, 1e6 + 234_567 + i, 2, i % anchors.length);
        }
        vault.payBatch(merchant, anchors, data);
        uint256 each = vm.snapshotGasLastCall("GasTest", name) / 100;
        eq(balance(vm.addr(0xbeef00 + 99)), 50e6 - 1e6 - 1e6 - 234_567 - 99, "balance of the last card");
        require(each <= most, string.concat(str(each), " gas for each payment, promised are ", str(most)));
    }

    function prepared() internal {
        cards(100);
        pay(1e6, 1);
        for (uint256 i; i < 100; i++) {
            pay(0xbeef00 + i, merchant, 1e6, 1, newest());
        }
    }

    function testGasBatchOfAHundred() public {
        prepared();
        hundred(0, "batch of 100, 10 anchors", 14_800);
    }

    function testGasBatchOfAHundredWithOldAnchors() public {
        prepared();
        hundred(30, "batch of 100, 30 old anchors", 15_500);
    }

    function testGasBatchOfAHundredAfterIdleYear() public {
        prepared();
        pass(400 * 7200, 400 * DAY);
        hundred(0, "batch of 100, 10 anchors, after 400 idle days", 15_100);
    }

    function testABadPaymentIsSkippedAndTheOthersSettle() public {
        cards(2);
        anchors.push(newest());
        add(0xbeef00, 1e6, 1, 0);
        add(0xbeef00, 1e6, 1, 0);
        add(0xdead, 1e6, 1, 0);
        add(0xbeef01, 2e6, 1, 0);
        vm.recordLogs();
        vault.payBatch(merchant, anchors, data);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 4, "events");
        require(keccak256(logs[1].data) == keccak256(abi.encode(1, Reason.CounterUsed)), "second");
        require(keccak256(logs[2].data) == keccak256(abi.encode(2, Reason.NotBound)), "third");
        eq(balance(vm.addr(0xbeef00)), 49e6, "first card");
        eq(balance(vm.addr(0xbeef01)), 48e6, "second card");
    }

    function testABatchSettledInPartByAnotherSettlesTheRest() public {
        cards(2);
        anchors.push(newest());
        add(0xbeef00, 1e6, 1, 0);
        add(0xbeef01, 1e6, 1, 0);
        bytes32 offer = keccak256(abi.encode(uint256(0xbeef00), uint256(1)));
        uint256 head = headOf(merchant, 1e6, 1);
        (bytes32 r, bytes32 vs) = signed(0xbeef00, head, newest(), offer);
        vault.pay(head, newest(), offer, r, vs);
        vault.payBatch(merchant, anchors, data);
        eq(balance(vm.addr(0xbeef00)), 49e6, "first card");
        eq(balance(vm.addr(0xbeef01)), 49e6, "second card");
    }

    function testMalformedBatchesRevert() public {
        cards(1);
        anchors.push(newest());
        add(0xbeef00, 1e6, 1, 0);
        bytes memory good = data;
        vm.expectRevert(Events.Malformed.selector);
        vault.payBatch(merchant, anchors, "");
        vm.expectRevert(Events.Malformed.selector);
        vault.payBatch(merchant, anchors, abi.encodePacked(good, uint8(0)));
        vm.expectRevert(Events.Malformed.selector);
        vault.payBatch(merchant, new uint256[](0), good);
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, Reason.Unregistered));
        vault.payBatch(address(0xbad), anchors, good);
    }

    /// @notice Any byte of a batch changed: nothing else settles than what was signed.
    function testFuzzAChangedByteSettlesNothing(uint256 place, uint8 change) public {
        vm.assume(change != 0);
        cards(1);
        anchors.push(newest());
        add(0xbeef00, 1e6, 1, 0);
        bytes memory bad = data;
        place %= bad.length;
        bad[place] = bytes1(uint8(bad[place]) ^ change);
        (bool ok,) = address(vault).call(abi.encodeCall(Batches.payBatch, (merchant, anchors, bad)));
        ok;
        eq(balance(vm.addr(0xbeef00)), 50e6, "balance");
    }
}
