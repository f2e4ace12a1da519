// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Chain} from "../src/Chain.sol";
import {Events} from "../src/Events.sol";
import {Evidence} from "../src/Evidence.sol";
import {Merchant} from "../src/Merchant.sol";
import {Params} from "../src/State.sol";
import {Docket} from "./Docket.sol";
import {vm} from "./Vm.sol";

/// @notice Says yes or no when it is told to.
contract Judge {
    uint256 public disputes;

    function createDispute(uint256, bytes calldata) external payable returns (uint256) {
        require(msg.value == 1 ether, "cost");
        return ++disputes;
    }

    function arbitrationCost(bytes calldata) external pure returns (uint256) {
        return 1 ether;
    }

    function say(address vault, uint256 id, uint256 ruling) external {
        (bool ok,) = vault.call(abi.encodeWithSignature("rule(uint256,uint256)", id, ruling));
        require(ok, "not ruled");
    }
}

contract CourtTest is Docket {
    Judge internal judge;

    function setUp() public override {
        judge = new Judge();
        super.setUp();
    }

    function parameters() internal view override returns (Params memory p) {
        p = super.parameters();
        p.arbitrator = address(judge);
    }

    function testAPaymentIsProvenOutOfItsDay() public {
        threePayments();
        for (uint256 i; i < 3; i++) {
            vault.openCase(paid[i], proofOf(i, 2));
        }
        eq(vault.caseOf(leaves[1]).held, 10e6, "held");
        vm.expectRevert(Events.NotOpenable.selector);
        vault.openCase(paid[1], proofOf(1, 2));
    }

    function testAPaymentThatWasNotSettledCannotBeProven() public {
        threePayments();
        Chain.Payment memory p = paid[1];
        p.head += 1 << 32;
        vm.expectRevert(Events.NotInChain.selector);
        vault.openCase(p, proofOf(1, 2));
        vm.expectRevert(Events.NotInChain.selector);
        vault.openCase(paid[1], proofOf(0, 2));
        p = paid[1];
        p.day++;
        vm.expectRevert(Events.NotThatDay.selector);
        vault.openCase(p, proofOf(1, 2));
    }

    function testALongChainIsProvenInPieces() public {
        threePayments();
        bytes32[] memory links = new bytes32[](1);
        links[0] = leaves[2];
        vault.extend(merchant, paid[0].day, accumulators[2], links);
        vault.openCase(paid[0], proofOf(0, 1));
    }

    function testAfterTheWindowNothingIsOpenedAndTheMoneyIsFree() public {
        threePayments();
        pass(20 * 7200, 20 * DAY);
        vm.expectRevert(Events.NotThatDay.selector);
        vault.openCase(paid[0], proofOf(0, 2));
        eq(vault.claim(merchant), 30e6, "claimed");
        eq(dollar.balanceOf(merchant), 30e6 - 60_000, "less the fee");
    }

    function testASingleDisputeIsLostAndItsStakeWithIt() public {
        threePayments();
        vault.openCase(paid[0], proofOf(0, 2));
        vm.expectPartialRevert(Events.TooEarly.selector);
        vault.decide(leaves[0]);
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        vm.expectPartialRevert(Events.TooEarly.selector);
        vault.settleCase(leaves[0]);
        pass(4 * 7200, 4 * DAY);
        vault.settleCase(leaves[0]);
        eq(vault.caseOf(leaves[0]).buyerWins, 0, "buyer wins");
        pass(10 * 7200, 10 * DAY);
        eq(vault.claim(merchant), 35e6, "payments and stake");
    }

    function decided(bool appeal, uint256 ruling) internal {
        threePayments();
        vault.openCase(paid[0], proofOf(0, 2));
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        if (!appeal) return;
        vm.deal(address(this), 1 ether);
        vault.appeal{value: 1 ether}(leaves[0]);
        judge.say(address(vault), 1, ruling);
        vault.settleCase(leaves[0]);
    }

    function testTheLoserAppealsAndTheArbitratorTurnsTheDecision() public {
        decided(true, 1);
        eq(balance(card), 880e6, "purse");
        vault.collect();
        eq(dollar.balanceOf(address(this)), 1_000e6 + 1e6, "stake and a tenth");
    }

    function testOnlyTheArbitratorRulesAndOnlyOnce() public {
        decided(true, 2);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.rule(1, 1);
        vm.prank(address(judge));
        vm.expectRevert(Events.WrongState.selector);
        vault.rule(1, 1);
    }

    function testASilentArbitratorLeavesTheDecision() public {
        threePayments();
        vault.openCase(paid[0], proofOf(0, 2));
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[0]);
        vm.deal(address(this), 1 ether);
        vault.appeal{value: 1 ether}(leaves[0]);
        vm.expectPartialRevert(Events.TooEarly.selector);
        vault.settleCase(leaves[0]);
        pass(30 * 7200, 30 * DAY);
        vault.settleCase(leaves[0]);
        eq(balance(card), 870e6, "purse");
    }

    /// @notice Many seasoned buyers against one merchant: they win, although it trades with itself after the challenge.
    function testARogueMerchantLosesAndWashTradesAfterwardsDoNotHelp() public {
        address[2] memory others = [address(0x111), address(0x222)];
        join(others[0], 600e6);
        join(others[1], 600e6);
        uint256[4] memory keys = [uint256(0x501), 0x502, 0x503, 0x504];
        for (uint256 i; i < 4; i++) {
            bind(keys[i], LIMITS);
            give(vm.addr(keys[i]), 300e6);
        }
        pass(31 * 7200, 31 * DAY);
        for (uint256 i; i < 4; i++) {
            tracked(keys[i], merchant, 20e6, 1, bytes32(i));
        }
        for (uint256 i; i < 4; i++) {
            tracked(keys[i], others[0], 1e6, 2, bytes32(i));
        }
        for (uint256 i; i < 4; i++) {
            tracked(keys[i], others[1], 1e6, 3, bytes32(i));
        }
        pass(7200, DAY);
        vault.roll(merchant);
        vault.roll(others[0]);
        vault.roll(others[1]);
        for (uint256 i; i < 4; i++) {
            seasons([i, i + 4, i + 8], [uint256(3), 7, 11]);
            disputes(i, 3);
        }
        pay(100e6, 1);
        pass(10 * 7200, 10 * DAY);
        for (uint256 i; i < 4; i++) {
            vault.decide(leaves[i]);
            eq(vault.caseOf(leaves[i]).buyerWins, 1, "buyer wins");
        }
        pass(4 * 7200, 4 * DAY);
        for (uint256 i; i < 4; i++) {
            vault.settleCase(leaves[i]);
            eq(balance(vm.addr(keys[i])), 298e6, "made whole");
        }
        eq(vault.owedTo(owner), 4 * 5e6, "stakes");
    }

    function testARefundGoesToThePurseAndNotTwice() public {
        threePayments();
        vm.startPrank(merchant);
        vault.refund(paid[0], proofOf(0, 2), 4e6);
        eq(balance(card), 874e6, "purse");
        vm.expectRevert(Events.NotOpenable.selector);
        vault.refund(paid[0], proofOf(0, 2), 6e6 + 1);
        vm.stopPrank();
        vault.openCase(paid[0], proofOf(0, 2));
        eq(vault.caseOf(leaves[0]).held, 6e6, "held");
        vm.prank(merchant);
        vault.concede(leaves[0]);
        eq(balance(card), 880e6, "purse after conceding");
    }

    function testTwoOffersOfOneIdAreSlashedWithoutAVote() public {
        (Evidence.Offer memory x, bytes32 hash) = offerOf(50e6);
        (Evidence.Offer memory y,) = offerOf(5e6);
        tracked(CARD, merchant, 50e6, 1, hash);
        pass(7200, DAY);
        vault.roll(merchant);
        Evidence.Terminal memory t = terminal();
        vault.proveTwoOffers(paid[0], proofOf(0, 0), t, x, y);
        eq(balance(card), 900e6, "made whole");
        eq(vault.owedTo(address(this)), 50e6, "a tenth of a quarter of the stake");
        eq(dollar.balanceOf(address(0xdEaD)), 450e6, "burned");
        vm.expectRevert(Events.NoProof.selector);
        vault.proveTwoOffers(paid[0], proofOf(0, 0), t, x, y);
        vm.expectRevert(Events.NoProof.selector);
        vault.proveTwoOffers(paid[0], proofOf(0, 0), t, y, x);
    }

    function testAReceiptThatSaysLessIsSlashed() public {
        tracked(CARD, merchant, 50e6, 1, "o");
        pass(7200, DAY);
        vault.roll(merchant);
        (bytes32 r, bytes32 vs) = receiptOf(0, 5e6);
        Evidence.Terminal memory t = terminal();
        vault.proveWrongReceipt(paid[0], proofOf(0, 0), t, 5e6, r, vs);
        eq(balance(card), 900e6, "made whole");
    }

    /// @notice Who challenges itself loses nine tenths of what is slashed, and the payment.
    function testChallengingOneselfCosts() public {
        uint256 before = 2_000e6;
        testTwoOffersOfOneIdAreSlashedWithoutAVote();
        (, uint256 account,) = vault.merchantOf(merchant);
        require((account >> 208) + vault.owedTo(address(this)) < before - 400e6, "it paid");
    }

    function testAnOfferSettledTwiceGoesBackOnceAndNobodyIsRewarded() public {
        tracked(CARD, merchant, 10e6, 1, "same");
        tracked(CARD, merchant, 10e6, 2, "same");
        pass(7200, DAY);
        vault.roll(merchant);
        vault.proveSettledTwice(paid[1], proofOf(1, 1), paid[0], proofOf(0, 1));
        eq(balance(card), 890e6 - 20_000, "one of two went back, less the fee");
        eq(vault.owedTo(address(this)), 0, "reward");
        vm.expectRevert(Events.NoProof.selector);
        vault.proveSettledTwice(paid[0], proofOf(0, 1), paid[1], proofOf(1, 1));
    }

    /// @notice An exit scam takes at most the stake times the leverage it has, and a day's usual.
    function testAnExitScamIsBoundedByTheStake() public {
        (uint256 today,,) = vault.merchantOf(merchant);
        eq(Merchant.room(today), 2_000e6, "room of a new merchant is its stake");
        vm.prank(merchant);
        vm.expectPartialRevert(Events.NotFree.selector);
        vault.advance(1);
        threePayments();
        vm.prank(merchant);
        vault.advance(30e6);
        vm.prank(merchant);
        vault.close();
        vm.prank(merchant);
        vm.expectPartialRevert(Events.NotFree.selector);
        vault.advance(1);
        vm.prank(merchant);
        vm.expectRevert(Events.StakeNeeded.selector);
        vault.withdrawStake();
        pass(21 * 7200, 21 * DAY);
        vm.prank(merchant);
        vault.withdrawStake();
        uint256 out = dollar.balanceOf(merchant);
        require(out <= 2_030e6 && out >= 2_029e6, str(out));
    }
}
