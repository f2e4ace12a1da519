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

    /// @notice Nothing of `data` settles alone, and in a batch it is skipped for the same reason.
    function refused(uint256 amount, uint256 counter, bytes32 r, bytes32 vs, Reason why) internal {
        uint256 head = headOf(merchant, amount, counter);
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, why));
        vault.pay(head, anchors[0], bytes32(0), r, vs);
        vm.recordLogs();
        bytes memory one = abi.encodePacked(uint64(amount), uint32(counter), uint8(0), bytes32(0), r, vs);
        vault.payBatch(merchant, anchors, one);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 1, "events");
        require(keccak256(logs[0].data) == keccak256(abi.encode(0, why)), "another reason than alone");
    }

    function refused(uint256 key, uint256 amount, uint256 counter, Reason why) internal {
        (bytes32 r, bytes32 vs) = signed(key, headOf(merchant, amount, counter), anchors[0], bytes32(0));
        refused(amount, counter, r, vs, why);
    }

    function testWhatIsRefusedAloneIsSkippedForTheSameReason() public {
        cards(1);
        anchors.push(newest());
        uint256 half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
        refused(1e6, 1, bytes32(uint256(1)), bytes32(half + 1), Reason.Signature);
        refused(1e6, 1, bytes32(0), bytes32(uint256(1)), Reason.Signature);
        refused(0xdead, 1e6, 1, Reason.NotBound);
        refused(0xbeef00, 0, 1, Reason.ZeroAmount);
        refused(0xbeef00, type(uint64).max, 1, Reason.OverPayment);
        pay(0xbeef00, merchant, 1e6, 20, newest());
        refused(0xbeef00, 1e6, 20, Reason.CounterUsed);
        refused(0xbeef00, 1e6, 3, Reason.CounterOld);
        (bytes32 any, bytes32 other) = (bytes32(uint256(1)), bytes32(uint256(2)));
        anchors[0] = newest() + 8;
        refused(1e6, 21, any, other, Reason.Anchor);
        anchors[0] = newest() - 1;
        refused(1e6, 21, any, other, Reason.Anchor);
        anchors[0] = type(uint256).max - 7;
        refused(1e6, 21, any, other, Reason.Anchor);
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
