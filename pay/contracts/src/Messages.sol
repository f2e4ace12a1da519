// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What cards and approvers sign: fixed widths, big endian, SHA-256, a tag of 8 bytes first.
/// @notice The first byte is 0x54: no RLP, no typed transaction, no EIP-7702 authorization, no 0x19 prefix.
/// Cards are checked by ecrecover and by comparing addresses, never by asking code at the card's address.
library Messages {
    /// Half the order of secp256k1: the other half of the values of s would be second signatures of the same.
    uint256 private constant HALF = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    bytes8 internal constant PAY = "TAPPAY\x00\x01";
    bytes8 internal constant APPROVAL = "TAPAPR\x00\x01";
    bytes8 internal constant BIND = "TAPBND\x00\x01";
    bytes8 internal constant MANDATE = "TAPMAN\x00\x01";
    bytes8 internal constant OFFER = "TAPOFR\x00\x01";
    bytes8 internal constant RECEIPT = "TAPRCP\x00\x01";
    bytes8 internal constant TERMINAL = "TAPTRM\x00\x01";

    /// @notice The digest of a payment, 160 bytes: tag 8 | chain 8 | vault 20 | token 20 | merchant 20 | amount 8 |
    /// counter 4 | anchor block 8 | anchor hash 32 | offer hash 32.
    /// @param tag {PAY}, or {MANDATE} with the terms in place of the offer
    /// @param head merchant 20 | amount 8 | counter 4
    function payment(bytes8 tag, address token, uint256 head, uint256 anchor, bytes32 hash, bytes32 offer)
        internal
        view
        returns (bytes32 digest)
    {
        assembly ("memory-safe") {
            let p := mload(0x40)
            mstore(p, tag)
            mstore(add(p, 8), shl(192, chainid()))
            mstore(add(p, 16), shl(96, address()))
            mstore(add(p, 36), shl(96, token))
            mstore(add(p, 56), head)
            mstore(add(p, 88), shl(192, anchor))
            mstore(add(p, 96), hash)
            mstore(add(p, 128), offer)
            // the precompile fails only without gas, and then so does what follows
            if iszero(staticcall(gas(), 2, p, 160, 0, 32)) { invalid() }
            digest := mload(0)
        }
    }

    /// @notice Memory in which many payments of one merchant are checked, 288 bytes: a message as in {payment}, with
    /// all that they have in common, and behind it the four words that ecrecover takes.
    function sheet(address token, address merchant) internal view returns (uint256 p) {
        assembly ("memory-safe") {
            p := mload(0x40)
            mstore(0x40, add(p, 288))
            mstore(p, PAY)
            mstore(add(p, 8), shl(192, chainid()))
            mstore(add(p, 16), shl(96, address()))
            mstore(add(p, 36), shl(96, token))
            mstore(add(p, 56), shl(96, merchant))
        }
    }

    /// @notice Digest and signer of one payment, or 0 where there is none, as {payment} and {signer} would say.
    /// @dev One message is written a hundred times with 84 bytes changed, and hashed to where ecrecover reads it.
    /// @param p memory from {sheet}
    /// @param what amount 8 | counter 4 | anchor block 8, in the low 20 bytes
    /// @param signed place in the calldata of: offer 32 | r 32 | vs 32
    function check(uint256 p, uint256 what, bytes32 hash, uint256 signed)
        internal
        view
        returns (bytes32 digest, address card)
    {
        assembly ("memory-safe") {
            mstore(add(p, 76), shl(96, what)) // and 12 bytes too far, which the hash covers
            mstore(add(p, 96), hash)
            mstore(add(p, 128), calldataload(signed))
            let q := add(p, 160)
            // the precompile fails only without gas, and then so does what follows
            if iszero(staticcall(gas(), 2, p, 160, q, 32)) { invalid() }
            digest := mload(q)
            let vs := calldataload(add(signed, 64))
            let low := shr(1, shl(1, vs))
            mstore(add(q, 32), add(27, shr(255, vs)))
            mstore(add(q, 64), calldataload(add(signed, 32)))
            mstore(add(q, 96), low)
            // where nothing is recovered, nothing is written
            mstore(0, 0)
            pop(staticcall(gas(), 1, q, 128, 0, 32))
            card := mul(mload(0), iszero(gt(low, HALF)))
        }
    }

    /// @notice A settled payment in its merchant's chain of the day.
    /// @return out keccak256(digest 32 | card 20)
    function leaf(bytes32 digest, address card) internal pure returns (bytes32 out) {
        assembly ("memory-safe") {
            mstore(0, digest)
            mstore(32, shl(96, card))
            out := keccak256(0, 52)
        }
    }

    /// @notice An approver's token, 96 bytes: tag 8 | card 20 | challenge 16 | digest 32 | time 4 | expiry 4 |
    /// rate amount 8 | flags 4.
    /// @param times time 4 | expiry 4 | rate amount 8 | flags 4, in the low 20 bytes
    function approval(address card, bytes16 challenge, bytes32 digest, uint256 times) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(APPROVAL, card, challenge, digest, uint160(times)));
    }

    /// @notice A card's proof of possession, 96 bytes: tag 8 | chain 8 | vault 20 | token 20 | card 20 | owner 20.
    function possession(address token, address card, address owner) internal view returns (bytes32) {
        return sha256(abi.encodePacked(BIND, uint64(block.chainid), address(this), token, card, owner));
    }

    /// @notice The signer, or 0 where there is none: a high s, or no point. Compact signatures of EIP-2098.
    function signer(bytes32 digest, bytes32 r, bytes32 vs) internal pure returns (address who) {
        uint256 s = uint256(vs) & type(uint256).max >> 1;
        if (s > HALF) return address(0);
        return ecrecover(digest, uint8(27 + (uint256(vs) >> 255)), r, bytes32(s));
    }
}
