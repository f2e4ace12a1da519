// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Chain} from "../src/Chain.sol";
import {Court} from "../src/Court.sol";
import {Events} from "../src/Events.sol";
import {Evidence} from "../src/Evidence.sol";
import {Merchant} from "../src/Merchant.sol";
import {Messages} from "../src/Messages.sol";
import {Params} from "../src/State.sol";
import {Base} from "./Base.sol";
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

contract CourtTest is Base {
    uint256 internal constant TERMINAL = 0x7e4;
    uint256 internal constant MERCHANT = 0x3e4c4a;
    Judge internal judge;
    Chain.Payment[] internal paid;
    uint128[] internal accumulators;
    bytes32[] internal leaves;

    function setUp() public override {
        judge = new Judge();
        merchant = vm.addr(MERCHANT);
        super.setUp();
        dollar.mint(address(this), 1_000e6);
        dollar.approve(address(vault), 1_000e6);
    }

    function parameters() internal view override returns (Params memory p) {
        p = super.parameters();
        p.arbitrator = address(judge);
    }

    /// @notice A payment that can be proven later.
    function tracked(uint256 key, address m, uint256 amount, uint256 counter, bytes32 offer) internal {
        uint256 head = headOf(m, amount, counter);
        uint256 a = newest();
        (uint256 today,,) = vault.merchantOf(m);
        if (Merchant.day(today) == clock / DAY) accumulators.push(uint128(today));
        else accumulators.push(uint128(uint256(keccak256(abi.encodePacked(vault, m, uint16(clock / DAY)))) >> 128));
        (bytes32 r, bytes32 vs) = signed(key, head, a, offer);
        vault.pay(head, a, offer, r, vs);
        paid.push(Chain.Payment(head, a, hashOf(a), offer, vm.addr(key), clock / DAY));
        leaves.push(keccak256(abi.encodePacked(digestOf(head, a, offer), vm.addr(key))));
    }

    function proofOf(uint256 i, uint256 last) internal view returns (Chain.Proof memory p) {
        p.before = accumulators[i];
        p.links = new bytes32[](last - i);
        for (uint256 k = i + 1; k <= last; k++) {
            p.links[k - i - 1] = leaves[k];
        }
    }

    function threePayments() internal {
        for (uint256 i; i < 3; i++) {
            tracked(CARD, merchant, 10e6, i + 1, bytes32(i + 1));
        }
        pass(7200, DAY);
        vault.roll(merchant);
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
        dollar.mint(address(this), 1_000e6);
        dollar.approve(address(vault), 1_000e6);
        pass(7200, DAY);
        vault.roll(merchant);
        vault.roll(others[0]);
        vault.roll(others[1]);
        for (uint256 i; i < 4; i++) {
            seasoned(i);
            vault.openCase(paid[i], proofOf(i, 3));
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
        eq(vault.owedTo(address(this)), 4 * (5e6 + 2e6), "stakes and rewards");
    }

    function seasoned(uint256 i) internal {
        Chain.Payment[] memory p = new Chain.Payment[](3);
        Chain.Proof[] memory q = new Chain.Proof[](3);
        for (uint256 k; k < 3; k++) {
            p[k] = paid[i + 4 * k];
            q[k] = proofOf(i + 4 * k, 3 + 4 * k);
        }
        vault.season(p, q);
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

    function terminal() internal returns (Evidence.Terminal memory t) {
        t.key = vm.addr(TERMINAL);
        bytes32 d =
            sha256(abi.encodePacked(Messages.TERMINAL, uint64(block.chainid), address(vault), merchant, t.key));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(MERCHANT, d);
        t.certificate = abi.encodePacked(r, s, v);
    }

    function offerOf(uint64 amount) internal returns (Evidence.Offer memory o, bytes32 hash) {
        (o.id, o.amount) = ("id", amount);
        hash = sha256(
            abi.encodePacked(
                Messages.OFFER,
                uint64(block.chainid),
                address(vault),
                o.id,
                merchant,
                vm.addr(TERMINAL),
                amount,
                o.rest
            )
        );
        (o.r, o.vs) = vm.signCompact(TERMINAL, hash);
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
        bytes32 digest = sha256(
            abi.encodePacked(
                Messages.RECEIPT,
                uint64(block.chainid),
                address(vault),
                sha256(
                    abi.encodePacked(
                        Messages.PAY,
                        uint64(block.chainid),
                        address(vault),
                        address(dollar),
                        paid[0].head,
                        uint64(paid[0].anchor),
                        paid[0].hash,
                        paid[0].offer
                    )
                ),
                uint64(5e6)
            )
        );
        (bytes32 r, bytes32 vs) = vm.signCompact(TERMINAL, digest);
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
        eq(balance(card), 890e6, "one of two went back");
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
