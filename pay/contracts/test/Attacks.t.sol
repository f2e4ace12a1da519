// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approvals} from "../src/Approvals.sol";
import {Events} from "../src/Events.sol";
import {Merchant} from "../src/Merchant.sol";
import {Owners} from "../src/Owners.sol";
import {Reason} from "../src/Reason.sol";
import {Docket} from "./Docket.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Attacks by owners, terminals, merchants and other cards, besides those in the files of their topic.
contract AttacksTest is Docket {
    uint256 internal constant SECOND = 0x5ec0;

    /// @notice A payment with the offer "o" that the approver approved before the owner did something.
    function testBuyThenTightenStillPaysWhatTheBondedApproverApproved() public {
        bonded(100e6);
        (uint256 a, uint256 head) = (newest(), headOf(merchant, 40e6, 1));
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        Approvals.Approval memory good = approved(head, a, clock - 5);
        asOwner(Owners.TIGHTEN, (uint256(1 << 4 | 6) << 24 | LIMITS & 0xffffff) << 12, address(0));
        refused(Reason.OverPayment);
        vault.pay(head, a, "o", x, y);
        vault.payApproved(head, a, "o", x, y, good);
        eq(balance(card), 860e6, "purse");
        refused(Reason.CounterUsed);
        vault.payApproved(head, a, "o", x, y, good);
    }

    function testBuyThenFreezeStillPaysWhatTheBondedApproverApproved() public {
        bonded(50e6);
        (uint256 a, uint256 head) = (newest(), headOf(merchant, 40e6, 1));
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        Approvals.Approval memory good = approved(head, a, clock - 5);
        asOwner(Owners.FREEZE, 0, address(0));
        refused(Reason.Frozen);
        vault.pay(head, a, "o", x, y);
        vault.payApproved(head, a, "o", x, y, good);
        eq(vault.available(card), 0, "a frozen purse has nothing for a terminal");
    }

    function testBuyThenMoveLeavesTheMerchantItsMoney() public {
        bind(SECOND, LIMITS);
        address to = vm.addr(SECOND);
        asOwner(Owners.MOVE, 900e6, to);
        eq(vault.available(card), 0, "what a terminal sees");
        pay(60e6, 1);
        vm.expectPartialRevert(Events.TooEarly.selector);
        vault.execute(action(Owners.MOVE, 900e6, to));
        pass(8192, 1 days);
        pay(60e6, 2);
        vault.execute(action(Owners.MOVE, 900e6, to));
        eq(balance(to), 780e6, "what was moved");
        eq(balance(card), 0, "what stayed");
    }

    function testNobodyMovesIntoAnotherOwnersPurse() public {
        address was = owner;
        owner = vm.addr(0x07e4);
        bind(SECOND, LIMITS);
        owner = was;
        asOwner(Owners.MOVE, 900e6, vm.addr(SECOND));
        pass(8192, 1 days);
        vm.expectRevert(Events.UnknownPurse.selector);
        vault.execute(action(Owners.MOVE, 900e6, vm.addr(SECOND)));
    }

    /// @notice What a backdating approver can take out of all purses together is its bond.
    function testABackdatingApproverIsBoundedByItsBondOverAllItsCards() public {
        bonded(50e6);
        address first = card;
        card = vm.addr(SECOND);
        bind(SECOND, LIMITS);
        give(card, 100e6);
        delayed(Owners.SET_APPROVER, 0, vm.addr(APPROVER));
        asOwner(Owners.REVOKE, 0, address(0));
        backdated(SECOND, 30e6, true);
        card = first;
        asOwner(Owners.REVOKE, 0, address(0));
        backdated(CARD, 21e6, false);
        backdated(CARD, 20e6, true);
    }

    function backdated(uint256 key, uint256 amount, bool settles) private {
        (uint256 a, uint256 head) = (newest(), headOf(merchant, amount, 1));
        (bytes32 x, bytes32 y) = signed(key, head, a, "o");
        Approvals.Approval memory token = approved(head, a, clock - 5);
        if (!settles) vm.expectRevert(abi.encodeWithSelector(Events.OverBond.selector, 20e6));
        vault.payApproved(head, a, "o", x, y, token);
    }

    function testAPaymentOfOneCardIsNoOtherCards() public {
        bind(SECOND, LIMITS);
        give(vm.addr(SECOND), 50e6);
        (uint256 head, uint256 a) = (headOf(merchant, 1e6, 1), newest());
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
        vault.pay(head, a, "o", r, vs);
        pay(SECOND, merchant, 2e6, 1, a);
        eq(balance(card), 899e6, "first");
        eq(balance(vm.addr(SECOND)), 48e6, "second");
        refused(Reason.CounterUsed);
        vault.pay(head, a, "o", r, vs);
    }

    /// @notice Everything a card signed and nobody settled is dead W blocks later, and the balance stays.
    function testWithheldSignaturesDieWithTheirAnchor() public {
        bonded(500e6);
        delayed(Owners.SET_PHONE, UPPER, vm.addr(PHONE));
        (uint256 head, uint256 a) = (headOf(merchant, 50e6, 1), newest());
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
        (bytes32 mr, bytes32 mvs) = vm.signCompact(CARD, mandateDigest(head, a, monthly()));
        (bytes32 pr, bytes32 pvs) = vm.signCompact(PHONE, phoneDigest(digestOf(head, a, "o"), head));
        bytes memory batch = entry(CARD, merchant, 50e6, 1, a, 0);
        Approvals.Approval memory token = approved(head, a, clock);
        asOwner(Owners.TIGHTEN, LIMITS << 12, address(0));
        bytes32 hash = hashOf(a);
        pass(8192 - (height - a), DAY);
        vm.store(HISTORY, bytes32(a % 8191), hash);
        refused(Reason.Anchor);
        vault.pay(head, a, "o", r, vs);
        refused(Reason.Anchor);
        vault.payTwo(head, a, "o", r, vs, pr, pvs);
        refused(Reason.Anchor);
        vault.payApproved(head, a, "o", r, vs, token);
        refused(Reason.Anchor);
        vault.startMandate(head, a, monthly(), mr, mvs);
        vault.payBatch(merchant, one(a), batch);
        eq(balance(card), 900e6, "purse");
    }

    /// @notice A terminal that keeps its payments back and settles the newest first gets each of them once.
    function testPaymentsSettleInAnyOrderOnceEach() public {
        uint256[5] memory order = [uint256(9), 3, 7, 1, 5];
        for (uint256 i; i < 5; i++) {
            pay(CARD, merchant, order[i] * 1e6, order[i], newest() - 8 * (9 - order[i]));
        }
        eq(balance(card), 875e6, "purse");
        for (uint256 i; i < 5; i++) {
            (uint256 head, uint256 a) = (headOf(merchant, 1e6, order[i]), newest());
            (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
            refused(Reason.CounterUsed);
            vault.pay(head, a, "o", r, vs);
        }
    }

    /// @notice A card that revokes while its payment is in a batch loses the merchant this payment and no other one.
    function testACardThatRevokesDoesNotSpoilABatch() public {
        bind(SECOND, LIMITS);
        give(vm.addr(SECOND), 50e6);
        bytes memory data = abi.encodePacked(
            entry(SECOND, merchant, 1e6, 1, newest(), 0),
            entry(CARD, merchant, 2e6, 1, newest(), 0),
            entry(SECOND, merchant, 3e6, 2, newest(), 0)
        );
        asOwner(Owners.REVOKE, 0, address(0));
        vm.recordLogs();
        vault.payBatch(merchant, one(newest()), data);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        eq(logs.length, 3, "events");
        require(keccak256(logs[1].data) == keccak256(abi.encode(1, Reason.Revoked)), "why");
        eq(balance(vm.addr(SECOND)), 46e6, "the honest card");
        eq(balance(card), 900e6, "the revoked card");
    }

    /// @notice A merchant that built up leverage and vanishes takes its own stake with it and no more: the rest lies
    /// here for the buyers until the window ends.
    function testAnExitScamOnLeverageTakesNoMoreThanTheStake() public {
        address rogue = address(0x4096e);
        join(rogue, 500e6);
        trusted(rogue);
        uint256 had = dollar.balanceOf(rogue);
        for (uint256 day; day < 4; day++) {
            for (uint256 i; i < 5; i++) {
                uint256 head = headOf(rogue, 100e6, 100 + day);
                (bytes32 r, bytes32 vs) = signed(0x700 + i, head, newest(), "o");
                if (day == 3) refused(Reason.Room);
                vault.pay(head, newest(), "o", r, vs);
            }
            pass(7200, DAY);
        }
        vm.startPrank(rogue);
        vm.expectRevert(abi.encodeWithSelector(Events.NotFree.selector, 500e6));
        vault.advance(500e6 + 1);
        vault.advance(500e6);
        vm.expectRevert(abi.encodeWithSelector(Events.NotFree.selector, 0));
        vault.advance(1);
        vm.stopPrank();
        eq(vault.claim(rogue), 0, "claimed");
        eq(dollar.balanceOf(rogue) - had, 499e6, "what it got away with, less the fee");
        (, uint256 w,) = vault.merchantOf(rogue);
        eq(Merchant.unpack(w).unmatured, 1_500e6, "what the buyers may still dispute");
    }

    /// @notice Forty good days of small trade, all of it claimed: leverage is at its top, which is three.
    function trusted(address rogue) private {
        for (uint256 i; i < 5; i++) {
            bind(0x700 + i, LIMITS);
            give(vm.addr(0x700 + i), 800e6);
        }
        for (uint256 i; i < 40; i++) {
            pay(0x700 + i % 5, rogue, 20e6, 1 + i, newest());
            pass(7200, DAY);
        }
        pass(60 * 7200, 60 * DAY);
        vault.claim(rogue);
        (, uint256 w,) = vault.merchantOf(rogue);
        eq(Merchant.unpack(w).leverage, 48, "sixteenths of leverage");
    }

    /// @notice Ten cards that nobody seasoned, all against an honest merchant: it wins, and gets their stakes.
    function testCardsOfYesterdayDoNotFlipAnHonestMerchant() public {
        for (uint256 i; i < 10; i++) {
            bind(0x500 + i, LIMITS);
            give(vm.addr(0x500 + i), 20e6);
            tracked(0x500 + i, merchant, 10e6, 1, bytes32(i));
        }
        nextDay();
        dollar.approve(address(vault), 50e6);
        for (uint256 i; i < 10; i++) {
            vault.openCase(paid[i], proofOf(i, 9));
        }
        pass(10 * 7200, 10 * DAY);
        for (uint256 i; i < 10; i++) {
            vault.decide(leaves[i]);
            eq(vault.caseOf(leaves[i]).buyerWins, 0, "buyer wins");
        }
        pass(4 * 7200, 4 * DAY);
        for (uint256 i; i < 10; i++) {
            vault.settleCase(leaves[i]);
        }
        eq(vault.claim(merchant), 50e6, "stakes");
        pass(7 * 7200, 7 * DAY);
        eq(vault.claim(merchant), 100e6, "payments");
    }

    function testACardOfYesterdayIsNotSeasonedAndNeitherIsOneMerchantThreeTimes() public {
        threePayments();
        vm.expectRevert(Events.NoProof.selector);
        seasons([uint256(0), 1, 2], [uint256(2), 2, 2]);
        pass(31 * 7200, 31 * DAY);
        for (uint256 i; i < 3; i++) {
            tracked(CARD, merchant, 1e6, 10 + i, bytes32(i));
        }
        nextDay();
        vm.expectRevert(Events.NoProof.selector);
        seasons([uint256(3), 4, 5], [uint256(5), 5, 5]);
    }

    /// @notice Who wants a new name locks a new stake at leverage one, while the old one is held for the window.
    function testWhitewashingLocksTheStakeForTheWindowAndStartsAnew() public {
        pay(100e6, 1);
        vm.startPrank(merchant);
        vault.close();
        vm.expectRevert(Events.StakeNeeded.selector);
        vault.withdrawStake();
        vm.expectRevert(Events.AlreadyRegistered.selector);
        vault.register(keccak256("new name"), merchant, 500e6);
        vm.stopPrank();
        address again = address(0x0e4);
        dollar.mint(again, 499e6);
        vm.startPrank(again);
        dollar.approve(address(vault), 499e6);
        vm.expectRevert(abi.encodeWithSelector(Events.StakeTooSmall.selector, 500e6));
        vault.register(keccak256("new name"), again, 499e6);
        vm.stopPrank();
        join(again, 500e6);
        (uint256 t,,) = vault.merchantOf(again);
        eq(Merchant.room(t), 500e6, "room of the new name");
        pass(20 * 7200, 20 * DAY);
        vm.prank(merchant);
        vm.expectRevert(Events.StakeNeeded.selector);
        vault.withdrawStake();
        pass(7200, DAY);
        vm.prank(merchant);
        vault.withdrawStake();
        eq(dollar.balanceOf(merchant), 2_100e6 - 200_000, "stake and sales less the fee");
        (uint256 head, uint256 a) = (headOf(merchant, 1e6, 2), newest());
        (bytes32 r, bytes32 vs) = signed(CARD, head, a, "o");
        refused(Reason.Room);
        vault.pay(head, a, "o", r, vs);
    }
}
