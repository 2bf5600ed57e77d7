#include "cli/cli.h"

int main(int argc, char **argv)
{
    enum cli_exit code = cli_main(argc, argv);

    return (int)code;
}
