// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Bonds} from "./Bonds.sol";
import {Chain} from "./Chain.sol";
import {Court} from "./Court.sol";
import {Evidence} from "./Evidence.sol";
import {Mandates} from "./Mandates.sol";
import {Merchants} from "./Merchants.sol";
import {Owners} from "./Owners.sol";
import {Payments} from "./Payments.sol";
import {Purse} from "./Purse.sol";
import {Typed} from "./Typed.sol";
import {Bonded, Case, Config, Params} from "./State.sol";

/// @title Purses of one token, their owners, and the merchants they pay.
/// @notice Nobody administers this contract: parameters are fixed, there is no proxy and no pause. The payment path is
/// its own code; what is rarer lives in libraries that are linked in at deployment.
contract Vault is Mandates, ReentrancyGuardTransient {
    constructor(Params memory p) Payments(p) {
        require(p.windowDays != 0 && p.windowDays <= 31 && p.maxLeverage >= 16 && p.feeBps < 10_000);
        require(p.slashBps <= 10_000 && p.ratio != 0 && p.anchorLife >= 8 && p.anchorLife <= 8191);
        require(IERC20Metadata(p.token).decimals() >= 6);
        (s.params, s.rules) = (p, RULES);
    }

    // ------------------------------------------------------------------ purses

    /// @notice Opens a purse for a signer that proves to know its key, with its owner's signature. Anybody may carry it.
    /// @param settings perTx 12 | daily 12 | monthly 12 | cooldown 6 | flags 6, of which only ATTESTED counts
    function bind(
        address card,
        address owner,
        uint256 settings,
        uint256 deadline,
        bytes32 r,
        bytes32 vs,
        bytes calldata signature
    ) external {
        Owners.bind(s, card, owner, settings, deadline, r, vs, signature);
    }

    /// @notice Makes who shows a gift card's proof of possession its owner. Anybody may carry it.
    function claimGift(address card, address owner, bytes32 r, bytes32 vs) external {
        Owners.claimGift(s, card, owner, r, vs);
    }

    /// @notice Puts the caller's tokens into a purse. What arrives counts.
    function deposit(address card, uint256 amount) external nonReentrant {
        Owners.deposit(s, card, amount);
    }

    /// @notice An owner's action, signed by it (EIP-712) or sent by it with an empty signature. See {Owners}.
    function act(Owners.Action calldata a, bytes calldata signature) external nonReentrant {
        Owners.act(s, a, signature);
    }

    /// @notice Carries out what an owner asked for, after its delay. Anybody may call.
    function execute(Owners.Action calldata a) external nonReentrant {
        Owners.execute(s, a);
    }

    // ------------------------------------------------------------------ merchants

    /// @notice Registers the caller as a merchant.
    function register(bytes32 record, address payout, uint256 stake_) external nonReentrant {
        Merchants.register(s, record, payout, stake_);
    }

    /// @notice Changes the caller's record and payout address.
    function describe(bytes32 record, address payout) external {
        Merchants.describe(s, record, payout);
    }

    /// @notice Carries an attester's signature over a merchant's present record.
    function attest(address merchant, address attester, bytes calldata signature) external {
        Merchants.attest(s, merchant, attester, Typed.attest(merchant, s.record[merchant]), signature);
    }

    /// @notice Adds the caller's tokens to a merchant's stake.
    function stake(address merchant, uint256 amount) external nonReentrant {
        Merchants.stake(s, merchant, amount);
    }

    /// @notice The calling merchant takes no more payments.
    function close() external nonReentrant {
        Merchants.close(s);
    }

    /// @notice Pays what matured to the merchant.
    function claim(address merchant) external nonReentrant returns (uint256) {
        return Merchants.claim(s, merchant);
    }

    /// @notice Pays the calling merchant before its money matured, against free stake.
    function advance(uint256 amount) external nonReentrant {
        Merchants.advance(s, amount);
    }

    /// @notice The calling merchant, closed, gets its stake back.
    function withdrawStake() external nonReentrant {
        Merchants.withdraw(s);
    }

    /// @notice Closes a merchant's day that is over.
    function roll(address merchant) external nonReentrant {
        Merchants.roll(s, merchant);
    }

    /// @notice Pays the caller the stakes and rewards that cases gave it.
    function collect() external nonReentrant returns (uint256) {
        return Merchants.collect(s);
    }

    // ------------------------------------------------------------------ disputes

    /// @notice Notes a prefix of a day's chain: see {Chain}.
    function extend(address merchant, uint256 day, uint128 from, bytes32[] calldata links) external {
        Chain.extend(s, merchant, day, from, links);
    }

    /// @notice Disputes a payment of a closed day, with the caller's stake.
    function openCase(Chain.Payment calldata p, Chain.Proof calldata proof) external nonReentrant {
        Court.open(s, p, proof);
    }

    /// @notice Decides a case after its days.
    function decide(bytes32 leaf) external nonReentrant {
        Court.decide(s, leaf);
    }

    /// @notice Appeals, for the loser; the arbitrator's cost comes with the call.
    function appeal(bytes32 leaf) external payable nonReentrant {
        Court.appeal(s, leaf);
    }

    /// @notice The arbitrator's ruling.
    function rule(uint256 disputeId, uint256 ruling) external {
        Court.rule(s, disputeId, ruling);
    }

    /// @notice Pays out a case that is final.
    function settleCase(bytes32 leaf) external nonReentrant {
        Court.settle(s, leaf);
    }

    /// @notice The calling merchant gives in.
    function concede(bytes32 leaf) external nonReentrant {
        Court.concede(s, leaf);
    }

    /// @notice The calling merchant gives a payment back, in whole or in part.
    function refund(Chain.Payment calldata p, Chain.Proof calldata proof, uint256 amount) external nonReentrant {
        Court.refund(s, p, proof, amount);
    }

    /// @notice Makes a card's disputes count, by three payments of it.
    function season(Chain.Payment[] calldata p, Chain.Proof[] calldata proof) external {
        Court.season(s, p, proof);
    }

    /// @notice Convicts a merchant of two offers with one id: see {Evidence}.
    function proveTwoOffers(
        Chain.Payment calldata p,
        Chain.Proof calldata proof,
        Evidence.Terminal calldata t,
        Evidence.Offer calldata x,
        Evidence.Offer calldata y
    ) external nonReentrant {
        Evidence.twoOffers(s, p, proof, t, x, y);
    }

    /// @notice Convicts a merchant of a receipt that says another amount than was settled.
    function proveWrongReceipt(
        Chain.Payment calldata p,
        Chain.Proof calldata proof,
        Evidence.Terminal calldata t,
        uint64 amount,
        bytes32 r,
        bytes32 vs
    ) external nonReentrant {
        Evidence.wrongReceipt(s, p, proof, t, amount, r, vs);
    }

    /// @notice Gives back the second payment of one offer.
    function proveSettledTwice(
        Chain.Payment calldata p,
        Chain.Proof calldata proof,
        Chain.Payment calldata q,
        Chain.Proof calldata other
    ) external nonReentrant {
        Evidence.settledTwice(s, p, proof, q, other);
    }

    // ------------------------------------------------------------------ approvers

    /// @notice Adds the caller's tokens to an approver's bond.
    function addBond(address approver, uint256 amount) external nonReentrant {
        Bonds.add(s, approver, amount);
    }

    /// @notice The calling approver asks part of its bond back.
    function askBond(uint256 amount) external {
        Bonds.ask(s, amount);
    }

    /// @notice The calling approver takes it, after the notice.
    function takeBond() external nonReentrant {
        Bonds.take(s);
    }

    /// @notice Slashes an approver that approved more than purse and bond hold.
    function slashBond(address card, Bonds.Promise calldata x, Bonds.Promise calldata y) external nonReentrant {
        // a payment whose anchor is of no block here never settles: an approver may give another approval after a reorganisation
        bool live = x.hash != 0 && y.hash != 0 && _anchorHash(x.anchor) == x.hash && _anchorHash(y.anchor) == y.hash;
        if (!live) revert NoProof();
        Bonds.slash(s, card, x, y);
    }

    // ------------------------------------------------------------------ views

    /// @notice What a terminal may count on: the balance less exits and moves that were asked for, 0 when frozen or
    /// revoked.
    function available(address card) external view returns (uint256) {
        uint256 w = s.purse[card];
        uint256 leaving = s.config[card].leaving;
        if (w & (Purse.FROZEN | Purse.REVOKED) != 0 || Purse.balance(w) <= leaving) return 0;
        return Purse.balance(w) - leaving;
    }

    /// @notice A case.
    function caseOf(bytes32 leaf) external view returns (Case memory) {
        return s.cases[leaf];
    }

    /// @notice An approver's bond.
    function bondOf(address approver) external view returns (Bonded memory) {
        return s.bond[approver];
    }

    /// @notice What {collect} would pay.
    function owedTo(address who) external view returns (uint256) {
        return s.owed[who];
    }

    /// @notice A purse's word: see {Purse}.
    function purseOf(address card) external view returns (uint256) {
        return s.purse[card];
    }

    /// @notice What else is known of a purse.
    function configOf(address card) external view returns (Config memory) {
        return s.config[card];
    }

    /// @notice A merchant's words: see {Merchant}.
    function merchantOf(address m) external view returns (uint256 today, uint256 account, uint256 score) {
        return (s.today[m], s.merchant[m], s.score[m]);
    }

    /// @notice An entry of a merchant's ring: see {Merchant}.
    function ringOf(address m, uint256 day) external view returns (uint256) {
        return s.ring[m][day % 32];
    }

    /// @notice An owner's next nonce.
    function nonceOf(address owner) external view returns (uint256) {
        return s.nonce[owner];
    }

    /// @notice The parameters.
    function params() external view returns (Params memory) {
        return s.params;
    }
}
