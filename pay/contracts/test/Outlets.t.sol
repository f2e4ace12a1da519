// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "../src/Events.sol";
import {Merchant} from "../src/Merchant.sol";
import {Seasoned} from "./Seasoned.sol";
import {vm} from "./Vm.sol";

/// @notice Ways by which money left a merchant's account that it should not have left by.
contract OutletsTest is Seasoned {
    /// @notice Else a merchant takes its whole stake out against one small sale, and nothing is left to lose.
    function testNoMoreIsAdvancedThanIsUnmatured() public {
        threePayments();
        vm.startPrank(merchant);
        vault.advance(20e6);
        vm.expectRevert(abi.encodeWithSelector(Events.NotFree.selector, 10e6));
        vault.advance(10e6 + 1);
        vault.advance(10e6);
        vm.expectRevert(abi.encodeWithSelector(Events.NotFree.selector, 0));
        vault.advance(1);
        vm.stopPrank();
    }

    /// @notice A buyer who paid twice and got one payment back must not get the other one back as the second one.
    function testAfterARefundTheOtherPaymentOfTheOfferStays() public {
        tracked(CARD, merchant, 10e6, 1, "same");
        tracked(CARD, merchant, 10e6, 2, "same");
        nextDay();
        vm.prank(merchant);
        vault.refund(paid[1], proofOf(1, 1), 10e6);
        vm.expectRevert(Events.NoProof.selector);
        vault.proveSettledTwice(paid[0], proofOf(0, 1), paid[1], proofOf(1, 1));
        eq(balance(card), 890e6, "purse");
    }

    function testAfterACaseThatWasGivenInTheOtherPaymentOfTheOfferStays() public {
        tracked(CARD, merchant, 10e6, 1, "same");
        tracked(CARD, merchant, 10e6, 2, "same");
        nextDay();
        disputes(1, 1);
        vm.expectRevert(Events.NoProof.selector);
        vault.proveSettledTwice(paid[0], proofOf(0, 1), paid[1], proofOf(1, 1));
        vm.prank(merchant);
        vault.concede(leaves[1]);
        vm.expectRevert(Events.NoProof.selector);
        vault.proveSettledTwice(paid[0], proofOf(0, 1), paid[1], proofOf(1, 1));
        eq(balance(card), 890e6, "purse");
    }

    /// @notice A merchant that pays itself and gives it back has the same weight as one that claims it, for the same fee.
    function testTradingWithOneselfAndGivingItBackCostsTheFee() public {
        threePayments();
        vm.prank(merchant);
        vault.refund(paid[0], proofOf(0, 2), 10e6);
        (, uint256 w,) = vault.merchantOf(merchant);
        eq(balance(card), 880e6, "the buyer gets all of it");
        eq(Merchant.unpack(w).stake, 2_000e6 - 20_000, "stake");
        eq(dollar.balanceOf(address(0xdEaD)), 20_000, "burned");
    }

    function testPayingAnOfferTwiceCostsTheFee() public {
        tracked(CARD, merchant, 10e6, 1, "same");
        tracked(CARD, merchant, 10e6, 2, "same");
        nextDay();
        vault.proveSettledTwice(paid[1], proofOf(1, 1), paid[0], proofOf(0, 1));
        eq(balance(card), 890e6 - 20_000, "purse");
        eq(dollar.balanceOf(address(0xdEaD)), 20_000, "burned");
    }

    /// @notice Between two cases none is open. Else the stake leaves then, and the next buyers' cases cost nothing.
    function testAMerchantThatLostItsCasesIsLentNothing() public {
        trade(60e6);
        for (uint256 i; i < 3; i++) {
            disputes(i, 2);
        }
        pass(10 * 7200, 10 * DAY);
        tracked(CARD, merchant, 50e6, 1, "later");
        for (uint256 i; i < 3; i++) {
            vault.decide(leaves[i]);
        }
        pass(4 * 7200, 4 * DAY);
        for (uint256 i; i < 3; i++) {
            vault.settleCase(leaves[i]);
        }
        vm.prank(merchant);
        vm.expectRevert(abi.encodeWithSelector(Events.NotFree.selector, 0));
        vault.advance(1e6);
    }

    /// @notice Else a friend's cases make room, and more is sold within a window than stake and leverage answer for.
    function testWhatCasesHoldStillFillsTheRoom() public {
        for (uint256 i; i < 3; i++) {
            tracked(CARD, merchant, 80e6, i + 1, bytes32(i + 1));
        }
        nextDay();
        for (uint256 i; i < 3; i++) {
            vault.openCase(paid[i], proofOf(i, 2));
            (uint256 today,,) = vault.merchantOf(merchant);
            eq(Merchant.room(today), 1_885e6, "room with a case more");
        }
        nextDay();
        (uint256 t,,) = vault.merchantOf(merchant);
        eq(Merchant.room(t), 1_885e6, "room of the next day");
        pass(10 * 7200, 10 * DAY);
        for (uint256 i; i < 3; i++) {
            vault.decide(leaves[i]);
        }
        pass(4 * 7200, 4 * DAY);
        for (uint256 i; i < 3; i++) {
            vault.settleCase(leaves[i]);
        }
        (t,,) = vault.merchantOf(merchant);
        eq(Merchant.room(t), 1_885e6, "room when they are the merchant's again");
        pass(7 * 7200, 7 * DAY);
        vault.claim(merchant);
        (t,,) = vault.merchantOf(merchant);
        eq(Merchant.room(t), 2_000e6, "room when they are free");
    }
}
