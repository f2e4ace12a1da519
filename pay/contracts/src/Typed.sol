// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title What owners, phones, attesters and merchants sign: EIP-712, readable in their wallets.
/// @notice The name of the type is the verb that a wallet shows. Cards never sign any of this.
library Typed {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant PHONE =
        keccak256("ConfirmPayment(bytes32 digest,address card,address merchant,uint64 amount,bytes32 offer)");
    bytes32 private constant ATTEST = keccak256("AttestMerchant(address merchant,bytes32 record)");
    bytes32 private constant PURSE = keccak256("OpenPurse(address card,uint256 settings,uint256 nonce,uint256 deadline)");
    string private constant FIELDS =
        "(address card,uint256 value,address to,bytes32 more,uint256 nonce,uint256 deadline)";

    function _hash(bytes32 structHash) private view returns (bytes32) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN, keccak256("tappay vault"), keccak256("1"), block.chainid, address(this)));
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    /// @notice What the phone signs of a payment above the purse's own limits.
    function phone(bytes32 digest, address card, uint256 head, bytes32 offer) internal view returns (bytes32) {
        return _hash(keccak256(abi.encode(PHONE, digest, card, head >> 96, uint64(head >> 32), offer)));
    }

    function attest(address merchant, bytes32 record) internal view returns (bytes32) {
        return _hash(keccak256(abi.encode(ATTEST, merchant, record)));
    }

    function purse(address card, uint256 settings, uint256 nonce, uint256 deadline) internal view returns (bytes32) {
        return _hash(keccak256(abi.encode(PURSE, card, settings, nonce, deadline)));
    }

    /// @notice An owner's action; `name` is its verb.
    function action(
        string memory name,
        address card,
        uint256 value,
        address to,
        bytes32 more,
        uint256 nonce,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(abi.encodePacked(name, FIELDS));
        return _hash(keccak256(abi.encode(kind, card, value, to, more, nonce, deadline)));
    }
}
