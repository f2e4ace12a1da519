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
