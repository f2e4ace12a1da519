// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Messages} from "../src/Messages.sol";
import {vm} from "./Vm.sol";

/// @notice Stands at the address of the vectors' vault.
contract Signed {
    function payment(address token, uint256 head, uint256 anchor, bytes32 hash, bytes32 offer) external view returns (bytes32) {
        return Messages.payment(Messages.PAY, token, head, anchor, hash, offer);
    }

    function mandate(address token, uint256 head, uint256 anchor, bytes32 hash, bytes32 terms) external view returns (bytes32) {
        return Messages.payment(Messages.MANDATE, token, head, anchor, hash, terms);
    }

    function leaf(bytes32 digest, address card) external pure returns (bytes32) {
        return Messages.leaf(digest, card);
    }

    function approval(address card, bytes16 challenge, bytes32 digest, uint256 times) external pure returns (bytes32) {
        return Messages.approval(card, challenge, digest, times);
    }

    function possession(address token, address card, address owner) external view returns (bytes32) {
        return Messages.possession(token, card, owner);
    }
}

/// @notice The contracts read what cards sign: the values of paycard/testdata/vectors.json, which another program made
/// (paycard/testdata/vectors.py).
contract VectorsTest {
    address internal constant VAULT = 0x101112131415161718191a1b1c1d1E1f20212223;
    address internal constant TOKEN = 0x303132333435363738393a3B3c3d3e3F40414243;
    address internal constant CARD = 0x848e39492Bb65e9E17B7FfbCA97a9835d56F18f8;
    address internal constant OWNER = 0x707172737475767778797A7B7C7d7e7F80818283;
    bytes32 internal constant DIGEST = 0xa50affce00403a81061c381b1afac6cbf86efbd498e0e2a1e26d7c1d8e4d79ab;

    Signed internal vault = Signed(VAULT);

    function setUp() public {
        vm.chainId(31_337);
        vm.etch(VAULT, address(new Signed()).code);
    }

    function testAPaymentIsWhatACardSigns() public view {
        bytes32 digest = vault.payment(
            TOKEN,
            0x505152535455565758595a5b5c5d5e5f606162630000000000bc4b2000000001,
            0x7a1208,
            0x496aca80e4d8f29fb8e8cd816c3afb48d3f103970b3a2ee1600c08ca67326dee,
            0x988180bf0c9328c9e8bd082755c647048ae82481fd06799bad05f2e1a4e1339c
        );
        require(digest == DIGEST, "another digest");
        require(
            ecrecover(
                digest,
                27,
                0x9d0c39209e8d09075c941a0d5866cb623d1c567da1008baa4ea7bfc01610f892,
                0x3f84280e7c073d56024409c37aaae554b57c02cfa72ace3305b8259bbd84a616
            ) == CARD,
            "another signer"
        );
    }

    function testAMandateIsWhatACardSigns() public view {
        bytes32 digest = vault.mandate(
            TOKEN,
            0x505152535455565758595a5b5c5d5e5f606162630000000001c9c38000000001,
            0x7a1208,
            0x496aca80e4d8f29fb8e8cd816c3afb48d3f103970b3a2ee1600c08ca67326dee,
            0x00278d00713fb30072656e74206f662074686520666c61740000000000000000
        );
        require(digest == 0x7d99ed3a2ed6534fa99008f2525a762885490a363828faa9e05cf8598b11b34f, "another digest");
        require(
            ecrecover(
                digest,
                28,
                0x8a076f9c6d6c7e327c86c414836ce50d4ce1d45ea146eab358ab0c2de183db53,
                0x0e64b562d2465fc9029e96d5612b60b6604bf314aad317656f67cc5142262676
            ) == CARD,
            "another signer"
        );
        require(
            vault.leaf(digest, CARD) == 0x346009e995703f2c34c6bd73f0a0c97e8fc0902d72aea76c58227f98c74a3278, "another id"
        );
    }

    function testAnApprovalIsWhatAnApproverSigns() public view {
        require(
            vault.approval(CARD, 0x000102030405060708090a0b0c0d0e0f, DIGEST, 0x006b49d2006b49d21e00000000000004d200000001)
                == 0x0f0d1a184d2549f5b260fa0a62fc0920b71c1f61efc30e0feb0eee9ed69002b9,
            "another digest"
        );
    }

    function testABindingIsWhatACardSigns() public view {
        require(
            vault.possession(TOKEN, CARD, OWNER) == 0xe46ff6e440fc942e83e7e07ad9d7efbd8949280b1b6da3d256b7dd507424dd3d,
            "another digest"
        );
    }
}
