// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Approvals} from "../src/Approvals.sol";
import {Batches} from "../src/Batches.sol";
import {Events} from "../src/Events.sol";
import {Owners} from "../src/Owners.sol";
import {Payments} from "../src/Payments.sol";
import {Reason} from "../src/Reason.sol";
import {Deeds} from "./Deeds.sol";
import {vm} from "./Vm.sol";

/// @notice Says yes to every signature, as ERC-1271 asks.
contract Yes {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }
}

/// @notice A terminal that can have 32 bytes of its choice signed would have an EIP-7702 authorization signed, and then
/// every contract that asks code takes any bytes for the card's signature. These contracts do not ask it.
contract DelegationTest is Deeds {
    uint256 internal constant FRESH = 0x1234;
    Yes internal yes;

    function setUp() public override {
        super.setUp();
        yes = new Yes();
        delayed(Owners.SET_PHONE, UPPER, vm.addr(PHONE));
        bonded(50e6);
    }

    /// @notice Gives an address the code itself, or the designator of EIP-7702 that points to it.
    function delegate(address who, bool designator) internal {
        vm.etch(who, designator ? abi.encodePacked(hex"ef0100", address(yes)) : address(yes).code);
        require(SignatureChecker.isValidSignatureNow(who, "any", new bytes(65)), "its code does not say yes");
    }

    function testFuzzNoBytesAreADelegatedCardsPayment(bytes32 r, bytes32 vs, bool designator) public {
        delegate(card, designator);
        (uint256 head, uint256 a) = (headOf(merchant, 1e6, 1), newest());
        hashOf(a);
        (bool ok,) = address(vault).call(abi.encodeCall(Payments.pay, (head, a, "o", r, vs)));
        require(!ok, "paid");
        bytes memory data = abi.encodePacked(uint64(1e6), uint32(1), uint8(0), bytes32("o"), r, vs);
        (ok,) = address(vault).call(abi.encodeCall(Batches.payBatch, (merchant, one(a), data)));
        eq(balance(card), 900e6, "purse");
    }

    function testFuzzNoBytesAreADelegatedCardsMandate(bytes32 r, bytes32 vs, bool designator) public {
        delegate(card, designator);
        (uint256 head, uint256 a, bytes32 hash) = (headOf(merchant, 1e6, 1), newest(), hashOf(newest()));
        (bool ok,) = address(vault).call(abi.encodeCall(vault.startMandate, (head, a, monthly(), r, vs)));
        require(!ok, "started");
        vm.prank(merchant);
        vm.expectRevert(Events.NoMandate.selector);
        vault.pull(card, head, a, hash, monthly(), 1e6);
    }

    function testFuzzNoBytesAreADelegatedCardsProof(bytes32 r, bytes32 vs, bool designator) public {
        address fresh = vm.addr(FRESH);
        delegate(fresh, designator);
        vm.prank(owner);
        vm.expectRevert(Events.WrongSigner.selector);
        vault.bind(fresh, owner, LIMITS << 12, 0, r, vs, "");
        delegate(card, designator);
        asOwner(Owners.GIVE, clock + 30 days, address(0));
        vm.expectRevert(Events.WrongSigner.selector);
        vault.claimGift(card, address(0xbad), r, vs);
    }

    function testFuzzNoBytesAreADelegatedPhonesSignature(bytes32 r, bytes32 vs, bool designator) public {
        delegate(vm.addr(PHONE), designator);
        delegate(card, designator);
        (uint256 head, uint256 a) = (headOf(merchant, 150e6, 1), newest());
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        refused(Reason.Cosigner);
        vault.payTwo(head, a, "o", x, y, r, vs);
        (bytes32 px, bytes32 py) = vm.signCompact(PHONE, phoneDigest(digestOf(head, a, "o"), head));
        (bool ok,) = address(vault).call(abi.encodeCall(Approvals.payTwo, (head, a, "o", r, vs, px, py)));
        require(!ok, "paid without the card");
        vault.payTwo(head, a, "o", x, y, px, py);
        eq(balance(card), 750e6, "both keys still sign");
    }

    function testFuzzNoBytesAreADelegatedApproversApproval(bytes32 r, bytes32 vs, bool designator) public {
        (uint256 head, uint256 a) = (headOf(merchant, 40e6, 1), newest());
        Approvals.Approval memory good = approved(head, a, clock);
        (bytes32 x, bytes32 y) = signed(CARD, head, a, "o");
        asOwner(Owners.REVOKE, 0, address(0));
        delegate(vm.addr(APPROVER), designator);
        Approvals.Approval memory bad = Approvals.Approval(good.challenge, good.times, r, vs);
        refused(Reason.Approval);
        vault.payApproved(head, a, "o", x, y, bad);
        vault.payApproved(head, a, "o", x, y, good);
    }

    function testADelegatedCardStillPaysWithItsKey() public {
        delegate(card, true);
        pay(1e6, 1);
        vault.payBatch(merchant, one(newest()), entry(CARD, merchant, 1e6, 2, newest(), 0));
        eq(balance(card), 898e6, "purse");
    }
}
