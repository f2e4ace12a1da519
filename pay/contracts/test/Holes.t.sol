// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approvals} from "../src/Approvals.sol";
import {Bonds} from "../src/Bonds.sol";
import {Events} from "../src/Events.sol";
import {Evidence} from "../src/Evidence.sol";
import {Merchant} from "../src/Merchant.sol";
import {Messages} from "../src/Messages.sol";
import {Owners} from "../src/Owners.sol";
import {Purse} from "../src/Purse.sol";
import {Docket} from "./Docket.sol";
import {FeeDollar, ReentrantDollar} from "./Tokens.sol";
import {vm} from "./Vm.sol";

/// @notice Attacks that worked on the first version of these contracts.
contract HolesTest is Docket {
    /// @notice A batch of which nothing settles must leave the merchant's day as it is, or close it once: closed
    /// a second time, it would count its money again.
    function testABatchOfWhichNothingSettlesMakesNoMoney() public {
        pay(100e6, 1);
        pass(7200, DAY);
        bytes memory bad = entry(0xdead, merchant, 1e6, 1, newest(), 0);
        for (uint256 i; i < 3; i++) {
            vault.payBatch(merchant, one(newest()), bad);
        }
        eq(vault.claim(merchant), 0, "claimed on the day after the payment");
        (uint256 t, uint256 w, uint256 s) = vault.merchantOf(merchant);
        Merchant.Account memory a = Merchant.unpack(w);
        uint256 today = Merchant.unpackRecord(s).roomAtStart - Merchant.room(t);
        eq(a.stake + a.unmatured + a.free + today - a.advanced, 2_100e6, "what the merchant has here");
    }

    /// @notice Who pays a millionth more under the same offer must not get the whole payment back for it.
    function testADustPaymentOfTheSameOfferBringsNothingBack() public {
        tracked(CARD, merchant, 100e6, 1, "offer");
        tracked(CARD, merchant, 1, 2, "offer");
        nextDay();
        (bool ok,) = address(vault).call(
            abi.encodeCall(vault.proveSettledTwice, (paid[0], proofOf(0, 1), paid[1], proofOf(1, 1)))
        );
        require(!ok, "the payment was taken for the second one");
        eq(balance(card), 800e6 - 1, "purse");
    }

    function testAnExitAskedForBeforeTheMoneyCameIsSeen() public {
        uint256 key = 0x9a;
        card = vm.addr(key);
        bind(key, LIMITS);
        asOwner(Owners.EXIT, 50e6, owner);
        pass(8192, 1 days);
        give(card, 50e6);
        uint256 seen = vault.available(card);
        vault.execute(action(Owners.EXIT, 50e6, owner));
        require(balance(card) >= seen, "a terminal saw money that left without a warning");
    }

    /// @notice A new owner takes back what the former one had asked for, and thereby hides a request of its own.
    function testTakingBackAFormerOwnersRequestHidesNoExit() public {
        asOwner(Owners.EXIT, 900e6, owner);
        bytes32 former = Owners.id(owner, action(Owners.EXIT, 900e6, owner));
        given();
        address friend = owner;
        asOwner(Owners.EXIT, 900e6, friend);
        Owners.Action memory a = action(Owners.CANCEL, 0, address(0));
        a.more = former;
        vm.prank(friend);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.act, (a, "")));
        pass(8192, 1 days);
        require(vault.available(card) == 0, ok ? "the exit is hidden" : "the exit is not counted");
    }

    /// @notice The purse is given away; from here on `owner` is the new one.
    function given() internal {
        asOwner(Owners.GIVE, clock + 30 days, address(0));
        address friend = vm.addr(0xf41e);
        (bytes32 r, bytes32 vs) = vm.signCompact(CARD, bindDigest(card, friend));
        vault.claimGift(card, friend, r, vs);
        owner = friend;
    }

    /// @notice The giver still has the card's proof from binding it. With that it must not take the gift back.
    function testAGiverDoesNotTakeBackAGiftWithItsOldProof() public {
        (bytes32 r, bytes32 vs) = vm.signCompact(CARD, bindDigest(card, owner));
        asOwner(Owners.GIVE, clock + 30 days, address(0));
        (bool ok,) = address(vault).call(abi.encodeCall(vault.claimGift, (card, owner, r, vs)));
        require(!ok && vault.configOf(card).giftUntil != 0, "the giver took it back");
    }

    /// @notice A tightening shortly before a tap must not shorten the time in which the approved payment settles.
    function testATighteningBeforeTheTapTakesNothingFromWhatWasApproved() public {
        bonded(50e6);
        asOwner(Owners.TIGHTEN, LIMITS << 12, address(0));
        pass(8188, 1 days);
        uint256 a = newest();
        uint256 head = headOf(merchant, 40e6, 1);
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        Approvals.Approval memory good = approved(head, a, clock - 5);
        asOwner(Owners.REVOKE, 0, address(0));
        pass(8, 96);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.payApproved, (head, a, "o", x, y, good)));
        require(ok, "refused 20 blocks after the tap");
    }

    /// @notice An offer settled twice goes back, and what the terminal's receipt says can still be proven.
    function testGivingBackAPaymentSavesNobodyFromItsReceipt() public {
        tracked(CARD, merchant, 50e6, 1, "same");
        tracked(CARD, merchant, 50e6, 2, "same");
        nextDay();
        (bytes32 r, bytes32 vs) = receiptOf(1, 5e6);
        Evidence.Terminal memory t = terminal();
        vault.proveSettledTwice(paid[1], proofOf(1, 1), paid[0], proofOf(0, 1));
        (bool ok,) =
            address(vault).call(abi.encodeCall(vault.proveWrongReceipt, (paid[1], proofOf(1, 1), t, 5e6, r, vs)));
        require(ok && vault.owedTo(address(this)) == 50e6, "not slashed");
    }

    /// @notice Two approvals that the purse covered, and a payment that its card made without asking.
    function testAnHonestApproverIsNotSlashedForWhatItDidNotSee() public {
        bonded(40e6);
        pay(100e6, 1);
        pass(7200, DAY);
        for (uint256 i = 2; i < 9; i++) {
            if (i % 2 == 0) pass(7200, DAY);
            pay(100e6, i);
        }
        Bonds.Promise memory x = promised(50e6, 20);
        Bonds.Promise memory y = promised(50e6, 21);
        pay(70e6, 10);
        vm.expectRevert(Events.NoProof.selector);
        vault.slashBond(card, x, y);
    }

    function promised(uint256 amount, uint256 counter) internal returns (Bonds.Promise memory p) {
        (p.head, p.anchor, p.offer) = (headOf(merchant, amount, counter), newest(), "o");
        (p.hash, p.challenge, p.times) = (hashOf(p.anchor), "c", clock << 128 | (clock + 600) << 96);
        bytes32 token = Messages.approval(card, p.challenge, digestOf(p.head, p.anchor, "o"), p.times);
        (p.r, p.vs) = vm.signCompact(APPROVER, token);
    }

    /// @notice An owner who wants attested merchants wants them for mandates too.
    function testAMandateAsksForAttestationLikeAPayment() public {
        uint256 key = 0x9b;
        card = vm.addr(key);
        (bytes32 r, bytes32 vs) = vm.signCompact(key, bindDigest(card, owner));
        vm.prank(owner);
        vault.bind(card, owner, LIMITS << 12 | Purse.ATTESTED, 0, r, vs, "");
        give(card, 50e6);
        (uint256 head, uint256 a) = (headOf(merchant, 30e6, 1), newest());
        bytes32 hash = hashOf(a);
        (r, vs) = vm.signCompact(key, mandateDigest(head, a, monthly()));
        (bool started,) = address(vault).call(abi.encodeCall(vault.startMandate, (head, a, monthly(), r, vs)));
        vm.prank(merchant);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.pull, (card, head, a, hash, monthly(), 30e6)));
        require(!ok && balance(card) == 50e6, started ? "pulled by an unattested merchant" : "changed");
    }

    /// @notice A request that lay ready for long must not undo a later tightening at once.
    function testAnOldRequestDoesNotUndoATightening() public {
        asOwner(Owners.LOOSEN, UPPER << 12, address(0));
        pass(8192, 1 days);
        uint256 tight = uint256(1 << 4 | 6) << 24 | LIMITS & 0xffffff;
        asOwner(Owners.TIGHTEN, tight << 12, address(0));
        Owners.Action memory old = action(Owners.LOOSEN, UPPER << 12, address(0));
        (bool ok,) = address(vault).call(abi.encodeCall(vault.execute, (old)));
        require(!ok && Purse.limits(vault.purseOf(card)) == tight, "loosened at once");
    }

    /// @notice A case from before a card was seasoned must not take its later cases' weight away when it ends.
    function testConcedingAnEarlyCaseSilencesNoLaterOne() public {
        address[2] memory others = [address(0x111), address(0x222)];
        join(others[0], 600e6);
        join(others[1], 600e6);
        for (uint256 i; i < 3; i++) {
            bind(0x501 + i, LIMITS);
            give(vm.addr(0x501 + i), 300e6);
        }
        pass(31 * 7200, 31 * DAY);
        for (uint256 i; i < 3; i++) {
            tracked(0x501 + i, merchant, 1e6, 1, bytes32(i));
        }
        for (uint256 i; i < 3; i++) {
            tracked(0x501 + i, merchant, 50e6, 2, bytes32(3 + i));
        }
        for (uint256 i; i < 3; i++) {
            tracked(0x501 + i, others[0], 1e6, 3, bytes32(i));
        }
        for (uint256 i; i < 3; i++) {
            tracked(0x501 + i, others[1], 1e6, 4, bytes32(i));
        }
        nextDay();
        vault.roll(others[0]);
        vault.roll(others[1]);
        for (uint256 i; i < 3; i++) {
            disputes(i, 5);
        }
        for (uint256 i; i < 3; i++) {
            seasons([3 + i, 6 + i, 9 + i], [uint256(5), 8, 11]);
            disputes(3 + i, 5);
        }
        for (uint256 i; i < 3; i++) {
            vm.prank(merchant);
            vault.concede(leaves[i]);
        }
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[3]);
        eq(vault.caseOf(leaves[3]).buyerWins, 1, "three seasoned cards dispute all that was paid, and the buyer wins");
    }
}

/// @notice A merchant that buys off some of its buyers so as to keep the others' money.
contract BuyOffTest is Docket {
    function testConcedingTheSmallestCaseSavesNoneOfTheOthers() public {
        address[2] memory others = [address(0x111), address(0x222)];
        uint256[3] memory amounts = [uint256(1e6), 100e6, 100e6];
        join(others[0], 600e6);
        join(others[1], 600e6);
        for (uint256 i; i < 3; i++) {
            bind(0x501 + i, LIMITS);
            give(vm.addr(0x501 + i), 300e6);
        }
        pass(31 * 7200, 31 * DAY);
        for (uint256 k; k < 9; k++) {
            address m = k < 3 ? merchant : others[k / 3 - 1];
            tracked(0x501 + k % 3, m, k < 3 ? amounts[k] : 1e6, 1 + k / 3, bytes32(k));
        }
        nextDay();
        vault.roll(others[0]);
        vault.roll(others[1]);
        for (uint256 i; i < 3; i++) {
            seasons([i, 3 + i, 6 + i], [uint256(2), 5, 8]);
            disputes(i, 2);
        }
        pass(10 * 7200, 10 * DAY);
        vm.prank(merchant);
        vault.concede(leaves[0]);
        vault.decide(leaves[1]);
        eq(vault.caseOf(leaves[1]).buyerWins, 1, "three of three cards dispute, one is bought off, and the buyer wins");
    }
}

/// @notice A token that takes a percent: the challenger's stake arrives with less.
contract FeeDisputeTest is Docket {
    function token() internal override returns (address) {
        return address(new FeeDollar());
    }

    function testADisputeOpensWithATokenThatTakesAFee() public {
        threePayments();
        (bool ok,) = address(vault).call(abi.encodeCall(vault.openCase, (paid[0], proofOf(0, 2))));
        require(ok, "no payment can be disputed");
    }
}

/// @notice A token that calls its sender, in the middle of adding to a stake.
contract HookTest is Docket {
    ReentrantDollar internal bad;

    function token() internal override returns (address) {
        return address(bad = new ReentrantDollar());
    }

    /// @notice What went back to a payer in the middle must not be the merchant's again at the end.
    function testMoneyThatGoesBackInTheMiddleIsCounted() public {
        tracked(CARD, merchant, 50e6, 1, "same");
        tracked(CARD, merchant, 50e6, 2, "same");
        nextDay();
        bad.arm(
            address(vault),
            abi.encodeCall(vault.proveSettledTwice, (paid[1], proofOf(1, 1), paid[0], proofOf(0, 1)))
        );
        vault.stake(merchant, 1e6);
        (, uint256 w,) = vault.merchantOf(merchant);
        Merchant.Account memory a = Merchant.unpack(w);
        eq(balance(card) + a.stake + a.unmatured + a.free, dollar.balanceOf(address(vault)), "what is owed");
    }
}
