# A list that promises of third() in functions.c what nobody has done.
        .section .hpentry$m, "dr"
        .rva    third
        .section .hpslots, "bw"
        .balign 8
        .space  64
