// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Params} from "../src/State.sol";
import {Seasoned} from "./Seasoned.sol";
import {vm} from "./Vm.sol";

/// @notice Takes every dispute for nothing; the test answers in its place.
contract Bench {
    uint256 internal disputes;

    function createDispute(uint256, bytes calldata) external payable returns (uint256) {
        return ++disputes;
    }
}

/// @notice What a vote does to other cases, when an arbitrator turns it.
contract VerdictsTest is Seasoned {
    Bench internal bench;

    function setUp() public override {
        bench = new Bench();
        super.setUp();
    }

    function parameters() internal view override returns (Params memory p) {
        p = super.parameters();
        p.arbitrator = address(bench);
    }

    /// @notice Three buyers win a vote; one more payment lies there that nobody disputed yet.
    function voted(uint256 cases) internal {
        trade(60e6);
        tracked(CARD, merchant, 50e6, 1, "later");
        nextDay();
        for (uint256 i; i < 3; i++) {
            disputes(i, 2);
        }
        pass(10 * 7200, 10 * DAY);
        for (uint256 i; i < cases; i++) {
            vault.decide(leaves[i]);
            eq(vault.caseOf(leaves[i]).buyerWins, 1, "the vote");
        }
    }

    function turned(uint256 i, uint256 id) internal {
        vm.prank(merchant);
        vault.appeal(leaves[i]);
        vm.prank(address(bench));
        vault.rule(id, 2);
        vault.settleCase(leaves[i]);
    }

    /// @notice A stranger disputes what nobody else did, long after the first disputes.
    function later() internal returns (uint256) {
        vault.openCase(paid[9], proofOf(9, 9));
        pass(10 * 7200, 10 * DAY);
        vault.decide(leaves[9]);
        return vault.caseOf(leaves[9]).buyerWins;
    }

    function testAVoteThatAnArbitratorTurnedConvictsNobodyAnyMore() public {
        voted(1);
        turned(0, 1);
        eq(later(), 0, "who bought in peace gets its money back, and a stranger a tenth of it");
    }

    function testTheVotesThatStandStillConvict() public {
        voted(3);
        turned(2, 1);
        turned(0, 2);
        eq(later(), 1, "one of three votes stands");
    }
}
