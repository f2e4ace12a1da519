// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "../src/Events.sol";
import {Payments} from "../src/Payments.sol";
import {Reason} from "../src/Reason.sol";
import {Base} from "./Base.sol";
import {vm} from "./Vm.sol";

contract PaymentTest is Base {
    bytes32 internal constant OFFER = "offer";

    function refused(Reason why) internal {
        vm.expectRevert(abi.encodeWithSelector(Events.Refused.selector, why));
    }

    /// @notice A payment that must be refused for this reason, and change nothing.
    function refuses(Reason why, uint256 key, address m, uint256 amount, uint256 counter, uint256 anchor) internal {
        uint256 head = headOf(m, amount, counter);
        (bytes32 r, bytes32 vs) = signed(key, head, anchor, OFFER);
        uint256 before = vault.purseOf(vm.addr(key));
        (uint256 today,,) = vault.merchantOf(m);
        refused(why);
        vault.pay(head, anchor, OFFER, r, vs);
        (uint256 after_,,) = vault.merchantOf(m);
        require(before == vault.purseOf(vm.addr(key)) && today == after_, "a refused payment changed something");
    }

    function testAPaymentMovesItsAmount() public {
        pay(7e6, 1);
        eq(balance(card), 893e6, "purse");
    }

    function testRefusals() public {
        uint256 a = newest();
        refuses(Reason.ZeroAmount, CARD, merchant, 0, 1, a);
        refuses(Reason.OverPayment, CARD, merchant, 100e6 + 1, 1, a);
        refuses(Reason.OverPayment, CARD, merchant, type(uint64).max, 1, a);
        refuses(Reason.Unregistered, CARD, address(0xbad), 1e6, 1, a);
        refuses(Reason.NotBound, 0xbad, merchant, 1e6, 1, a);
        refuses(Reason.PaysItself, CARD, card, 1e6, 1, a);
        refuses(Reason.Anchor, CARD, merchant, 1e6, 1, a + 8);
        refuses(Reason.Anchor, CARD, merchant, 1e6, 1, a + 1);
        refuses(Reason.CounterUsed, CARD, merchant, 1e6, 0, a);
        pay(100e6, 1);
        refuses(Reason.CounterUsed, CARD, merchant, 1e6, 1, a);
        pay(100e6, 2);
        refuses(Reason.OverDay, CARD, merchant, 50e6 + 1, 3, a);
        pay(50e6, 3);
        refuses(Reason.OverDay, CARD, merchant, 1, 4, a);
    }

    function testTheMonthIsBounded() public {
        give(card, 1_000e6);
        uint256 counter;
        for (uint256 i; i < 4; i++) {
            pay(100e6, ++counter);
            pay(100e6, ++counter);
            pay(50e6, ++counter);
            pass(7200, DAY);
        }
        refuses(Reason.OverMonth, CARD, merchant, 1, counter + 1, newest());
        pass(30 * 7200, 30 * DAY);
        pay(1e6, counter + 1);
    }

    function testATrailingDaySeesTwiceTheLimitAndNoMore() public {
        (uint256 counter, uint256 start) = (0, balance(card));
        pass(0, DAY - 2);
        for (uint256 i; i < 2; i++) {
            pay(100e6, ++counter);
            pay(100e6, ++counter);
            pay(50e6, ++counter);
            pass(8, 2);
        }
        eq(start - balance(card), 500e6, "spent in two seconds");
        refuses(Reason.OverDay, CARD, merchant, 1, counter + 1, newest());
    }

    function testTheBalanceIsBounded() public {
        uint256 other = 0x77;
        bind(other, LIMITS);
        give(vm.addr(other), 5e6);
        refuses(Reason.OverBalance, other, merchant, 5e6 + 1, 1, newest());
        pay(other, merchant, 5e6, 1, newest());
        eq(balance(vm.addr(other)), 0, "balance");
    }

    function testCountersBelowTheTopSettleOnceEachWithinSixteen() public {
        pay(1e6, 20);
        refuses(Reason.CounterOld, CARD, merchant, 1e6, 3, newest());
        pay(1e6, 4);
        pay(1e6, 19);
        refuses(Reason.CounterUsed, CARD, merchant, 1e6, 4, newest());
        refuses(Reason.CounterUsed, CARD, merchant, 1e6, 19, newest());
        pay(1e6, 36);
        refuses(Reason.CounterUsed, CARD, merchant, 1e6, 20, newest());
        refuses(Reason.CounterOld, CARD, merchant, 1e6, 19, newest());
    }

    function testCooldownHoldsBetweenAnchorsInBothDirections() public {
        uint256 other = 0x78;
        bytes32 offer = OFFER;
        (bytes32 r, bytes32 vs) = vm.signCompact(other, bindDigest(vm.addr(other), owner));
        vm.prank(owner);
        vault.bind(vm.addr(other), owner, LIMITS << 12 | 5 << 6, 0, r, vs, "");
        give(vm.addr(other), 50e6);
        uint256 a = newest();
        pay(other, merchant, 1e6, 5, a);
        refuses(Reason.Cooldown, other, merchant, 1e6, 6, a);
        refuses(Reason.Cooldown, other, merchant, 1e6, 4, a - 32);
        pay(other, merchant, 1e6, 4, a - 40);
        pass(40, 480);
        refuses(Reason.Cooldown, other, merchant, 1e6, 6, a + 32);
        pay(other, merchant, 1e6, 6, a + 40);
        offer;
    }

    function testAnAnchorDiesAfterItsLife() public {
        uint256 a = newest();
        uint256 head = headOf(merchant, 1e6, 1);
        bytes32 hash = hashOf(a);
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, OFFER);
        pass(8191 + a - height, 1 days);
        vm.store(HISTORY, bytes32(a % 8191), hash);
        uint256 snap = vm.snapshotState();
        vault.pay(head, a, OFFER, r, vs);
        vm.revertToState(snap);
        pass(1, 12);
        refused(Reason.Anchor);
        vault.pay(head, a, OFFER, r, vs);
    }

    function testASignatureIsForOneVaultAndOneChain() public {
        uint256 head = headOf(merchant, 1e6, 1);
        uint256 a = newest();
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, OFFER);
        vm.chainId(5);
        refused(Reason.NotBound);
        vault.pay(head, a, OFFER, r, vs);
    }

    function testHighSIsNoSignature() public {
        uint256 head = headOf(merchant, 1e6, 1);
        uint256 a = newest();
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, OFFER);
        uint256 n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        uint256 low = uint256(vs) & type(uint256).max >> 1;
        bytes32 high = bytes32((n - low) & type(uint256).max >> 1 | (uint256(vs) >> 255 ^ 1) << 255);
        vm.expectRevert();
        vault.pay(head, a, OFFER, r, high);
        refused(Reason.Signature);
        vault.pay(head, a, OFFER, 0, 0);
    }

    /// @notice EIP-7702: the card's address may get code that says yes to everything, and nothing changes.
    function testCodeAtTheCardsAddressSignsNothing() public {
        vm.etch(card, hex"600160005260206000f3");
        uint256 head = headOf(merchant, 1e6, 1);
        vm.expectRevert();
        vault.pay(head, newest(), OFFER, bytes32(uint256(1)), bytes32(uint256(1)));
        eq(balance(card), 900e6, "purse");
    }

    /// @notice Any field changed after signing, and no money moves out of the card's purse.
    function testFuzzAChangedFieldMovesNothing(uint256 bit, uint8 field) public {
        uint256 a = newest();
        bytes32[5] memory x;
        (x[0], x[1], x[2]) = (bytes32(headOf(merchant, 1e6, 1)), bytes32(a), OFFER);
        (x[3], x[4]) = signed(CARD, uint256(x[0]), a, OFFER);
        x[field % 5] ^= bytes32(1 << (bit % 256));
        (bool ok,) = address(vault).call(
            abi.encodeCall(Payments.pay, (uint256(x[0]), uint256(x[1]), x[2], x[3], x[4]))
        );
        require(!ok && balance(card) == 900e6, "a changed payment settled");
    }

    function testFuzzWhatIsPaidIsWhatWasSigned(uint64 amount, uint32 counter) public {
        vm.assume(counter != 0);
        uint256 a = newest();
        uint256 head = headOf(merchant, amount, counter);
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, OFFER);
        (bool ok,) = address(vault).call(abi.encodeCall(Payments.pay, (head, a, OFFER, r, vs)));
        require(ok == (amount != 0 && amount <= 100e6), "limits");
        eq(balance(card), ok ? 900e6 - amount : 900e6, "purse");
    }

    function testRoomIsStakeTimesLeverage() public {
        address small = address(0x5a11);
        join(small, 500e6);
        for (uint256 i; i < 3; i++) {
            uint256 key = 0x100 + i;
            bind(key, LIMITS);
            give(vm.addr(key), 250e6);
            for (uint256 k = 1; k < 3; k++) {
                if (i == 2 && k == 2) refuses(Reason.Room, key, small, 1, 2, newest());
                else pay(key, small, 100e6, k, newest());
            }
        }
    }
}
