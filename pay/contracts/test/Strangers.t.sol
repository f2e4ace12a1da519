// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Events} from "../src/Events.sol";
import {Evidence} from "../src/Evidence.sol";
import {Seasoned} from "./Seasoned.sol";
import {vm} from "./Vm.sol";

/// @notice A merchant has a friend open cases about its own sales, which weigh nothing and are lost: the friend's stakes come
/// back to the merchant. That must not stand in the way of whom it cheated.
contract StrangersTest is Seasoned {
    function strangerOpens(uint256 i, uint256 end) internal {
        vault.openCase(paid[i], proofOf(i, end));
    }

    function testAStrangersCaseDoesNotKeepTheOwnersOut() public {
        trade(60e6);
        for (uint256 i; i < 3; i++) {
            strangerOpens(i, 2);
        }
        for (uint256 i; i < 3; i++) {
            disputes(i, 2);
        }
        eq(vault.owedTo(address(this)), 15e6, "the stranger's stakes");
        pass(10 * 7200, 10 * DAY);
        for (uint256 i; i < 3; i++) {
            vault.decide(leaves[i]);
        }
        pass(4 * 7200, 4 * DAY);
        for (uint256 i; i < 3; i++) {
            vault.settleCase(leaves[i]);
            eq(balance(vm.addr(0x501 + i)), 298e6, "made whole");
        }
        eq(vault.owedTo(owner), 15e6, "the owner's stakes");
    }

    function testACaseThatAStrangerLostDoesNotKeepTheOwnersOut() public {
        trade(60e6);
        strangerOpens(0, 2);
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        pass(4 * 7200, 4 * DAY);
        vault.settleCase(leaves[0]);
        for (uint256 i; i < 3; i++) {
            disputes(i, 2);
        }
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        eq(vault.caseOf(leaves[0]).buyerWins, 1, "buyer wins");
        vm.prank(merchant);
        vault.concede(leaves[0]);
        eq(balance(vm.addr(0x501)), 298e6, "made whole");
        vm.expectRevert(Events.NotOpenable.selector);
        vault.openCase(paid[0], proofOf(0, 2));
    }

    /// @notice Nobody opens a case twice, and nobody takes over what an owner opened.
    function testAnOwnersCaseIsNobodyElsesAndIsOpenedOnce() public {
        trade(60e6);
        disputes(0, 2);
        vm.expectRevert(Events.NotOpenable.selector);
        strangerOpens(0, 2);
        dollar.mint(owner, 5e6);
        vm.startPrank(owner);
        dollar.approve(address(vault), 5e6);
        vm.expectRevert(Events.NotOpenable.selector);
        vault.openCase(paid[0], proofOf(0, 2));
        vm.stopPrank();
    }

    /// @notice What a stranger disputes in vain is the merchant's when its window ends, like everything else.
    function testALostCaseMakesNoMoneyFreeBeforeItsTime() public {
        threePayments();
        strangerOpens(0, 2);
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        pass(4 * 7200, 4 * DAY);
        vault.settleCase(leaves[0]);
        eq(vault.claim(merchant), 5e6, "the stake alone");
        pass(6 * 7200, 6 * DAY);
        eq(vault.claim(merchant), 30e6, "the payments");
    }

    function testProvenCheatingWinsTheCaseAboutIt() public {
        tracked(CARD, merchant, 50e6, 1, "o");
        nextDay();
        strangerOpens(0, 0);
        (bytes32 r, bytes32 vs) = receiptOf(0, 5e6);
        Evidence.Terminal memory t = terminal();
        vault.proveWrongReceipt(paid[0], proofOf(0, 0), t, 5e6, r, vs);
        eq(balance(card), 900e6, "made whole");
    }

    function testProvenCheatingUndoesTheCaseThatWasLostAboutIt() public {
        tracked(CARD, merchant, 50e6, 1, "o");
        nextDay();
        strangerOpens(0, 0);
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        pass(4 * 7200, 4 * DAY);
        vault.settleCase(leaves[0]);
        (bytes32 r, bytes32 vs) = receiptOf(0, 5e6);
        Evidence.Terminal memory t = terminal();
        vault.proveWrongReceipt(paid[0], proofOf(0, 0), t, 5e6, r, vs);
        eq(balance(card), 900e6, "made whole");
    }

    function testAnOfferSettledTwiceGoesBackInSpiteOfAStrangersCases() public {
        tracked(CARD, merchant, 10e6, 1, "same");
        tracked(CARD, merchant, 10e6, 2, "same");
        nextDay();
        strangerOpens(0, 1);
        strangerOpens(1, 1);
        vault.proveSettledTwice(paid[1], proofOf(1, 1), paid[0], proofOf(0, 1));
        require(balance(card) >= 889_900_000, "the second payment did not go back");
    }

    /// @notice Whose payment a friend disputed in vain before the vote gets it back after it like the others.
    function testACaseLostBeforeTheVoteIsOpenedAgainAfterIt() public {
        trade(60e6);
        tracked(CARD, merchant, 50e6, 1, "later");
        nextDay();
        strangerOpens(9, 9);
        pass(8 * 7200, 8 * DAY);
        disputes(0, 2);
        pass(2 * 7200, 2 * DAY);
        vault.decide(leaves[9]);
        vm.expectRevert(Events.NotOpenable.selector);
        strangerOpens(9, 9);
        disputes(1, 2);
        disputes(2, 2);
        pass(8 * 7200, 8 * DAY);
        vault.decide(leaves[0]);
        strangerOpens(9, 9);
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[9]);
        eq(vault.caseOf(leaves[9]).buyerWins, 1, "buyer wins");
        pass(4 * 7200, 4 * DAY);
        vault.settleCase(leaves[9]);
        eq(balance(card), 900e6, "made whole");
    }
}
